/**
 * The command explorer: finds a task, makes the form of its command, and writes the command line.
 * The page brings the tasks as links to the commands' pages, and what the form needs as data.
 * What is filled in stands in the address, after "#cli=". A line is only shown when all fields
 * are right. A classic script: browsers refuse modules in a page that is opened from disk.
 */
(() => {
  /** @typedef {Record<string, boolean | string[]>} Condition */
  /**
   * @typedef {object} Param
   * @property {string} name
   * @property {string} title
   * @property {string} type
   * @property {string} note
   * @property {boolean} [option]
   * @property {string} [default]
   * @property {boolean} [required]
   * @property {boolean} [multiple]
   * @property {boolean} [words]
   * @property {string[]} [choices]
   * @property {string[]} [suggest]
   * @property {[number, number]} [range]
   * @property {string} [format]
   * @property {string} [only]
   */
  /** @typedef {{options: string[], when: Condition, legend: string}} Rule */
  /**
   * @typedef {object} Command
   * @property {string} summary
   * @property {string} page
   * @property {Param[]} params
   * @property {[string, Condition][]} says
   * @property {[string, string, Condition][]} limits
   * @property {Rule[]} rules
   */
  /** @typedef {{words?: string[], error?: string, missing?: boolean}} Read what a field says */
  /**
   * @typedef {object} Field
   * @property {Param} param
   * @property {HTMLElement} box
   * @property {() => string[]} read one text for each value
   * @property {(values: string[]) => void} write
   * @property {(error: string) => void} show
   * @property {(off: boolean) => void} disable
   * @property {() => void} focus
   * @property {boolean} touched
   */

  const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-cli-explorer]"));
  if (!root) return;
  /** @type {Record<string, Command>} */
  const commands = JSON.parse(root.dataset.cliExplorer ?? "{}");
  const LONGEST = 2000;
  const PAUSE = 700;

  /**
   * @template {HTMLElement} T
   * @param {string} selector
   */
  const find = (selector) => /** @type {T} */ (root.querySelector(selector));
  /**
   * @template {keyof HTMLElementTagNameMap} K
   * @param {K} tag
   * @param {Record<string, unknown>} properties
   * @param {(Node | string)[]} children
   */
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    Object.assign(element, properties);
    element.append(...children);
    return element;
  };
  /** @param {string} name @param {string} [more] */
  const css = (name, more) => `mlt-cli-explorer__${name}${more ? ` ${more}` : ""}`;

  // -- Words of a shell ------------------------------------------------------------------------

  /** @param {string} word */
  const quote = (word) =>
    /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

  // Control characters could do something in a terminal; those that turn the direction of a text
  // show another line than is copied.
  const UNSEEN = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/u;
  const SHELL = /[|&;<>()$`*?[{!]/;
  const SHELL_FIRST = /[#~]/;

  /**
   * Splits a text into words as a POSIX shell does, and refuses what a shell would act on.
   * @param {string} text
   * @returns {Read}
   */
  const split = (text) => {
    /** @type {string[]} */
    const words = [];
    let word = "";
    let open = false;
    for (let at = 0; at < text.length; at++) {
      const sign = text.charAt(at);
      if (sign === " ") {
        if (open) words.push(word);
        word = "";
        open = false;
        continue;
      }
      const first = !open;
      open = true;
      if (sign === "\\") {
        at += 1;
        if (at === text.length) return { error: "A backslash needs a character after it." };
        word += text.charAt(at);
      } else if (sign === "'" || sign === '"') {
        const end = closing(text, at);
        if (end < 0) return { error: `The quotation mark ${sign} is not closed.` };
        const inside = text.slice(at + 1, end);
        if (sign === '"' && /(^|[^\\])(\\\\)*[$`]/.test(inside)) return acts("$ or `");
        word += sign === "'" ? inside : inside.replace(/\\([$`"\\])/g, "$1");
        at = end;
      } else if (SHELL.test(sign) || (first && SHELL_FIRST.test(sign))) return acts(sign);
      else word += sign;
    }
    if (open) words.push(word);
    return { words };
  };
  /** @param {string} sign */
  const acts = (sign) => ({
    error: `A shell acts on ${sign}. Put the word in 'single quotation marks', or add it to the line after you copied it.`,
  });
  /** @param {string} text @param {number} start the place of the opening quotation mark */
  const closing = (text, start) => {
    const sign = text.charAt(start);
    if (sign === "'") return text.indexOf(sign, start + 1);
    for (let at = start + 1; at < text.length; at++) {
      if (text.charAt(at) === "\\") at += 1;
      else if (text.charAt(at) === sign) return at;
    }
    return -1;
  };

  // -- Values ----------------------------------------------------------------------------------

  /**
   * @param {Param} param
   * @param {string} text
   * @returns {string} what is wrong with one value; nothing when it is right
   */
  const fault = (param, text) => {
    if (UNSEEN.test(text)) return "It has a character that cannot be seen. Type it again.";
    if (text.length > LONGEST) return `It is longer than ${LONGEST} characters.`;
    const number = text.trim();
    if (param.type === "int") {
      if (!/^[+-]?\d+$/.test(number)) return "Enter a whole number, such as 8000.";
      const [least, most] = param.range ?? [-Infinity, Infinity];
      if (Number(number) < least || Number(number) > most)
        return `Enter a number from ${least} to ${most}.`;
    }
    if (param.type === "float" && !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(number))
      return "Enter a number, such as 0.5.";
    if (param.choices && !param.choices.includes(text))
      return `Choose one of ${param.choices.join(", ")}.`;
    if (param.format === "pairs" && !text.split(",").every((pair) => /^\s*[^=\s][^=]*=/.test(pair)))
      return "Write tags as key=value, with commas between them.";
    return "";
  };

  /** @param {Param} param @param {string} text */
  const isDefault = (param, text) =>
    param.type === "int" || param.type === "float"
      ? param.default !== undefined && Number(text) === Number(param.default)
      : text === param.default;

  /**
   * @param {Param} param
   * @param {string[]} texts
   * @returns {Read}
   */
  const interpret = (param, texts) => {
    const given = texts.filter((text) => text !== "");
    for (const text of given) {
      const error = fault(param, text);
      if (error) return { error };
    }
    if (param.words) {
      const read = split(given[0] ?? "");
      if (read.error) return read;
      if (!read.words?.length)
        return param.required ? { missing: true, error: "Enter a command." } : {};
      return read.words[0] === "" ? { error: "The first word is empty." } : read;
    }
    const number = param.type === "int" || param.type === "float";
    const words = given
      .map((text) => (number ? text.trim() : text))
      .filter((text) => !isDefault(param, text));
    if (!given.length && param.required) return { missing: true, error: "Enter a value." };
    return words.length ? { words } : {};
  };

  /** @typedef {Map<string, string[]>} Values those that differ from the default */

  /**
   * @param {Condition} when
   * @param {Command} command
   * @param {Values} values
   */
  const holds = (when, command, values) =>
    Object.entries(when).every(([name, want]) => {
      const param = command.params.find((each) => each.name === name);
      const value = values.get(name);
      if (typeof want === "boolean") return want === (value !== undefined);
      return want.includes(value?.[0] ?? param?.default ?? "");
    });

  /**
   * @param {string} program
   * @param {string} name
   * @param {Values} values
   */
  const line = (program, name, values) => {
    const words = [program, name];
    /** @type {string[]} */
    const rest = [];
    for (const param of commands[name]?.params ?? []) {
      const given = values.get(param.name) ?? [];
      if (!param.option) rest.push(...given);
      else if (param.type === "flag") words.push(...given.map(() => param.title));
      else {
        for (const value of given) {
          if (value.startsWith("-")) words.push(`${param.title}=${value}`);
          else words.push(param.title, value);
        }
      }
    }
    if (rest.some((word) => word.startsWith("-"))) words.push("--");
    return [...words, ...rest].map(quoteOption).join(" ");
  };
  /** Quotes a word; in one such as --name=value only the value. @param {string} word */
  const quoteOption = (word) => {
    const match = /^(--[a-z-]+=)(.+)$/su.exec(word);
    return match ? `${match[1]}${quote(match[2] ?? "")}` : quote(word);
  };

  /**
   * The sentence about a command, as text and code.
   * @param {Command} command
   * @param {Values} values
   */
  const sentence = (command, values) => {
    const text = command.says
      .filter(([, when]) => holds(when, command, values))
      .map(([part]) => part)
      .join("");
    /** @param {string} name */
    const value = (name) => {
      const param = command.params.find((each) => each.name === name);
      const given = values.get(name) ?? [param?.default ?? ""];
      return given.map(param?.words ? quote : String).join(param?.words ? " " : ", ");
    };
    return text.split(/(`[^`]*`|\{\w+\})/).map((part) => {
      if (part.startsWith("`"))
        return make(
          "code",
          {},
          part.slice(1, -1).replace(/\{(\w+)\}/g, (_, name) => value(name)),
        );
      return part.startsWith("{") ? make("code", {}, value(part.slice(1, -1))) : part;
    });
  };

  // -- Fields ----------------------------------------------------------------------------------

  /** Text with code in backquotes. @param {string} text */
  const coded = (text) =>
    text
      .split("`")
      .map((part, index) => (index % 2 ? make("code", {}, part) : part))
      .filter((part) => part !== "");

  /** @param {Param} param */
  const describe = (param) => {
    const id = `cli-explorer-${param.name}`;
    const note = make("p", { id: `${id}-note`, className: css("note") }, ...coded(param.note));
    if (param.default !== undefined && !param.choices)
      note.append(" Default: ", make("code", {}, param.default));
    const only = make(
      "p",
      { id: `${id}-only`, className: css("only") },
      ...coded(param.only ?? ""),
    );
    const error = make("p", { id: `${id}-error`, className: css("error") });
    const by = [note, ...(param.only ? [only] : []), error].map((each) => each.id).join(" ");
    return { id, note, only, error, by };
  };

  /** @param {Param} param */
  const named = (param) => [
    make("code", {}, param.title),
    ...(param.required ? [make("span", { className: css("required") }, "required")] : []),
  ];

  /** @param {string} id @param {Param} param @param {string} by */
  const textInput = (id, param, by) => {
    const input = make("input", { type: "text", id, name: param.name, autocomplete: "off" });
    input.spellcheck = false;
    input.autocapitalize = "off";
    if (param.type === "int") input.inputMode = "numeric";
    if (param.type === "float") input.inputMode = "decimal";
    if (param.required) input.required = true;
    input.setAttribute("aria-describedby", by);
    if (param.suggest) input.setAttribute("list", `cli-explorer-${param.name}-list`);
    return input;
  };
  /** @param {Param} param @returns {Node[]} */
  const suggestions = (param) => {
    if (!param.suggest) return [];
    const options = param.suggest.map((value) => make("option", { value }));
    return [make("datalist", { id: `cli-explorer-${param.name}-list` }, ...options)];
  };

  /** @param {Param} param @returns {Field} */
  const textField = (param) => {
    const { id, note, only, error, by } = describe(param);
    const input = textInput(id, param, by);
    const label = make("label", { htmlFor: id }, ...named(param));
    const box = make(
      "div",
      { className: css("field", param.words ? css("field--wide") : "") },
      label,
      note,
      ...(param.only ? [only] : []),
      input,
      ...suggestions(param),
      error,
    );
    return {
      param,
      box,
      read: () => [input.value],
      write: ([text]) => {
        input.value = text ?? "";
      },
      show: (text) => {
        error.textContent = text;
        input.ariaInvalid = String(text !== "");
      },
      disable: (off) => {
        input.disabled = off;
      },
      focus: () => input.focus(),
      touched: false,
    };
  };

  /** @param {Param} param @returns {Field} */
  const flagField = (param) => {
    const { id, note, only, by } = describe(param);
    const input = make("input", { type: "checkbox", id, name: param.name });
    input.setAttribute("aria-describedby", by.replace(` ${id}-error`, ""));
    const label = make("label", { htmlFor: id }, ...named(param));
    const words = make("div", {}, label, note, ...(param.only ? [only] : []));
    return {
      param,
      box: make("div", { className: css("field", css("field--flag")) }, input, words),
      read: () => (input.checked ? ["1"] : []),
      write: ([text]) => {
        input.checked = text === "1";
      },
      show: () => {},
      disable: (off) => {
        input.disabled = off;
      },
      focus: () => input.focus(),
      touched: false,
    };
  };

  /** @param {Param} param @returns {Field} */
  const choiceField = (param) => {
    const { id, note } = describe(param);
    const inputs = (param.choices ?? []).map((value) =>
      make("input", { type: "radio", id: `${id}-${value}`, name: param.name, value }),
    );
    const labels = inputs.map((input) => {
      const more = input.value === param.default ? [make("span", {}, "default")] : [];
      const name = make("code", {}, input.value);
      return make("label", { htmlFor: input.id }, input, name, ...more);
    });
    const box = make("fieldset", { className: css("field") }, make("legend", {}, ...named(param)));
    box.setAttribute("aria-describedby", note.id);
    box.append(note, make("div", { className: css("choices") }, ...labels));
    return {
      param,
      box,
      read: () => inputs.filter((input) => input.checked).map((input) => input.value),
      write: ([text]) => {
        for (const input of inputs) input.checked = input.value === (text ?? param.default);
      },
      show: () => {},
      disable: (off) => {
        for (const input of inputs) input.disabled = off;
      },
      focus: () => inputs[0]?.focus(),
      touched: false,
    };
  };

  /** @param {Param} param @param {() => void} changed @returns {Field} */
  const listField = (param, changed) => {
    const { id, note, only, error, by } = describe(param);
    const rows = make("ul", { className: css("rows") });
    const add = make("button", { type: "button", className: css("button") }, "Add a value");
    const inputs = () => /** @type {HTMLInputElement[]} */ ([...rows.querySelectorAll("input")]);
    let next = 0;
    const number = () => {
      for (const [index, row] of [...rows.children].entries()) {
        const input = row.querySelector("input");
        const remove = row.querySelector("button");
        const name = `${param.title}, value ${index + 1}`;
        if (input) input.ariaLabel = name;
        if (remove) {
          remove.ariaLabel = `Remove ${name}`;
          remove.hidden = rows.children.length === 1;
        }
      }
    };
    const append = () => {
      next += 1;
      const input = textInput(`${id}-${next}`, param, by);
      const remove = make("button", { type: "button", className: css("button") }, "Remove");
      const row = make("li", {}, input, remove);
      remove.addEventListener("click", () => {
        const near = row.previousElementSibling ?? row.nextElementSibling;
        row.remove();
        number();
        near?.querySelector("input")?.focus();
        changed();
      });
      rows.append(row);
      number();
      return input;
    };
    add.addEventListener("click", () => append().focus());
    append();
    const box = make("fieldset", { className: css("field") }, make("legend", {}, ...named(param)));
    box.append(note, ...(param.only ? [only] : []), rows, add, ...suggestions(param), error);
    return {
      param,
      box,
      read: () => inputs().map((input) => input.value),
      write: (texts) => {
        rows.replaceChildren();
        for (const text of texts.length ? texts : [""]) append().value = text;
      },
      show: (text) => {
        error.textContent = text;
        for (const input of inputs())
          input.ariaInvalid = String(input.value !== "" && fault(param, input.value) !== "");
      },
      disable: (off) => {
        for (const input of box.querySelectorAll("input, button"))
          input.toggleAttribute("disabled", off);
      },
      focus: () => (inputs().find((input) => input.ariaInvalid === "true") ?? inputs()[0])?.focus(),
      touched: false,
    };
  };

  /** @param {Param} param @param {() => void} changed */
  const makeField = (param, changed) => {
    if (param.type === "flag") return flagField(param);
    if (param.choices) return choiceField(param);
    return param.multiple ? listField(param, changed) : textField(param);
  };

  // -- The builder -----------------------------------------------------------------------------

  const builder = find(".mlt-cli-explorer__builder");
  const status = find("[role=status]");
  let saying = 0;
  /** Says something once nothing changes any more. @param {string} text */
  const say = (text) => {
    clearTimeout(saying);
    saying = setTimeout(() => {
      status.textContent = text;
    }, PAUSE);
  };

  const title = make("h2", { id: "cli-explorer-title", tabIndex: -1 });
  builder.setAttribute("aria-labelledby", title.id);
  const summary = make("p", { className: css("summary") });
  const page = make("a", {});
  const form = make("form", { id: "cli-explorer-form", noValidate: true });
  const fields = make("div", { className: css("fields") });
  const programs = ["mltrack", "ml"].map((value) =>
    make("input", { type: "radio", name: "program", value, id: `cli-explorer-program-${value}` }),
  );
  const programBox = make(
    "fieldset",
    { className: css("programs") },
    make("legend", {}, "Program"),
    ...programs.map((each) =>
      make("label", { htmlFor: each.id }, each, make("code", {}, each.value)),
    ),
  );
  form.append(programBox, fields);
  const shown = make("code", {});
  const lineBox = make("pre", { className: css("line") }, shown);
  const wrong = make("p", { className: css("wrong") });
  const copy = make("button", { type: "submit", className: css("button", css("button--copy")) });
  copy.setAttribute("form", form.id);
  copy.textContent = "Copy";
  const share = make("button", { type: "button", className: css("button") }, "Copy link");
  const reset = make("button", { type: "button", className: css("button") }, "Reset");
  const does = make("p", { className: css("does") });
  const limits = make("p", { className: css("limits") });
  const result = make(
    "div",
    { className: css("result"), ariaLabel: "The command line" },
    lineBox,
    wrong,
    does,
    make("div", { className: css("actions") }, copy, share, reset),
  );
  result.setAttribute("role", "group");
  builder.append(
    make("div", { className: css("head") }, title, page),
    summary,
    form,
    result,
    limits,
  );

  let current = "";
  /** @type {Map<string, Field>} */
  let present = new Map();
  /** @type {{rule: Rule, box: HTMLFieldSetElement, body: HTMLElement}[]} */
  let groups = [];
  let ready = true;
  let saving = 0;
  let known = "";

  const program = () => programs.find((each) => each.checked)?.value ?? "mltrack";

  /** What the fields say, without those that do nothing now. */
  const collect = () => {
    const command = /** @type {Command} */ (commands[current]);
    /** @type {Map<string, Read>} */
    const reads = new Map();
    for (const [name, field] of present) reads.set(name, interpret(field.param, field.read()));
    /** @type {Values} */
    const values = new Map();
    for (const [name, read] of reads) if (read.words) values.set(name, read.words);
    const all = new Map(values);
    const idle = new Set();
    for (const rule of command.rules) {
      if (holds(rule.when, command, all)) continue;
      for (const name of rule.options) {
        idle.add(name);
        values.delete(name);
      }
    }
    const faults = [...reads].filter(([name, read]) => read.error && !idle.has(name));
    return { command, values, idle, faults };
  };

  const update = () => {
    const { command, values, idle, faults } = collect();
    for (const [name, field] of present) {
      const fault = faults.find(([each]) => each === name)?.[1];
      field.show(fault && (!fault.missing || field.touched) ? (fault.error ?? "") : "");
      field.disable(idle.has(name));
      field.box.toggleAttribute("data-idle", idle.has(name));
    }
    for (const { rule, box, body } of groups) {
      const idleNow = !holds(rule.when, command, values);
      box.toggleAttribute("data-idle", idleNow);
      body.hidden = idleNow;
    }
    const [first] = faults;
    ready = !first;
    builder.dataset.state = first ? "incomplete" : "ready";
    shown.textContent = first ? "" : line(program(), current, values);
    lineBox.hidden = Boolean(first);
    wrong.hidden = !first;
    copy.ariaDisabled = String(Boolean(first));
    if (first) {
      const field = /** @type {Field} */ (present.get(first[0]));
      const what = make("code", {}, field.param.title);
      const verb = first[1].missing ? "Fill in " : "Correct ";
      wrong.replaceChildren(verb, what, " to get the command line.");
    }
    does.hidden = Boolean(first);
    does.replaceChildren(...(first ? [] : sentence(command, values)));
    const known = command.limits.filter(([, , when]) => holds(when, command, values));
    limits.hidden = !known.length;
    limits.replaceChildren(known.length > 1 ? "Known limits: " : "Known limit: ");
    for (const [index, [text, url]] of known.entries()) {
      if (index) limits.append(", ");
      limits.append(url ? make("a", { href: url }, text) : text);
    }
    limits.append(".");
    return { values, first };
  };

  /** What stands in the address: only what is right, and not a default. @param {Values} values */
  const address = (values) => {
    const state = new URLSearchParams({ cli: current });
    if (program() !== "mltrack") state.set("program", program());
    for (const [name, words] of values) {
      const param = present.get(name)?.param;
      if (param?.words) state.append(name, words.map(quote).join(" "));
      else for (const word of param?.type === "flag" ? ["1"] : words) state.append(name, word);
    }
    return `#${state}`;
  };
  /** @param {Values} values */
  const save = (values) => {
    clearTimeout(saving);
    saving = setTimeout(() => {
      if (location.hash !== known) return; // the reader goes somewhere else
      try {
        history.replaceState(history.state, "", address(values));
      } catch {
        // Browsers limit how often: the next change comes through.
      }
      known = location.hash;
      mark();
    }, 150);
  };

  const changed = () => {
    const before = ready;
    const { values, first } = update();
    save(values);
    if (first && (!first[1].missing || before)) {
      const name = present.get(first[0])?.param.title;
      say(first[1].missing ? `${name}: fill in` : `${name}: ${first[1].error}`);
    } else say(before || first ? "" : "The command line is ready.");
  };

  /** Makes the form of a command. @param {string} name */
  const open = (name) => {
    const command = /** @type {Command} */ (commands[name]);
    current = name;
    title.replaceChildren(make("code", {}, `mltrack ${name}`));
    summary.textContent = command.summary;
    page.href = command.page;
    page.replaceChildren(`More about mltrack ${name}`);
    present = new Map(command.params.map((param) => [param.name, makeField(param, changed)]));
    groups = [];
    fields.replaceChildren();
    const grouped = new Set(
      command.rules.filter((rule) => rule.legend).flatMap((rule) => rule.options),
    );
    const boxes = [...present].map(([each, { box }]) => /** @type {const} */ ([each, box]));
    fields.append(...boxes.filter(([each]) => !grouped.has(each)).map(([, box]) => box));
    for (const rule of command.rules.filter((each) => each.legend)) {
      const inside = boxes.filter(([each]) => rule.options.includes(each));
      const titles = inside.map(([each]) => make("code", {}, present.get(each)?.param.title ?? ""));
      const only = present.get(rule.options[0] ?? "")?.param.only ?? "";
      const listed = titles.flatMap((each, index) => (index ? [" ", each] : [each]));
      const body = make("div", { className: css("fields") }, ...inside.map(([, box]) => box));
      const box = make(
        "fieldset",
        { className: css("set") },
        make("legend", {}, rule.legend),
        make("p", { className: css("only") }, ...coded(only)),
        make("p", { className: css("names") }, ...listed),
        body,
      );
      for (const [, inner] of inside) inner.querySelector(`.${css("only")}`)?.remove();
      fields.append(box);
      groups.push({ rule, box, body });
    }
  };

  /** Takes over an address. What it says wrongly is left out. @param {string} hash */
  const restore = (hash) => {
    clearTimeout(saving);
    known = location.hash;
    let state = new URLSearchParams(hash.replace(/^#/, ""));
    if (!Object.hasOwn(commands, state.get("cli") ?? ""))
      state = new URLSearchParams(links[0]?.dataset.state);
    open(state.get("cli") ?? "");
    const wish = state.get("program") === "ml" ? "ml" : "mltrack";
    for (const each of programs) each.checked = each.value === wish;
    for (const [key, field] of present) {
      const texts = state.getAll(key);
      const { param } = field;
      const right = texts.filter((text) =>
        param.type === "flag" ? text === "1" : text !== "" && !interpret(param, [text]).error,
      );
      field.write(param.multiple ? right.slice(0, 20) : right.slice(0, 1));
    }
    update();
    mark();
  };

  // -- Tasks -----------------------------------------------------------------------------------

  const filter = /** @type {HTMLInputElement} */ (find("#cli-explorer-filter"));
  const list = find(".mlt-cli-explorer__list");
  const nothing = find(".mlt-cli-explorer__nothing");
  const links = [
    .../** @type {NodeListOf<HTMLAnchorElement>} */ (root.querySelectorAll("[data-state]")),
  ];
  const visible = () => links.filter((link) => !link.parentElement?.hidden);
  let picked = false;

  /** Marks the task that comes nearest to what is filled in. */
  const mark = () => {
    const { values } = collect();
    const now = new URLSearchParams(address(values).slice(1));
    let best = -1;
    /** @type {HTMLAnchorElement | undefined} */
    let nearest;
    for (const link of links) {
      const entries = [...new URLSearchParams(link.dataset.state)];
      if (entries[0]?.[1] !== current) continue;
      const same = entries.filter(([key, value]) => now.getAll(key).includes(value)).length;
      const score = 2 * same - entries.length;
      if (nearest === undefined || score > best) {
        best = score;
        nearest = link;
      }
    }
    for (const link of links) {
      if (link === nearest) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    if (!nearest || list.contains(document.activeElement)) return;
    const [inner, outer] = [nearest.getBoundingClientRect(), list.getBoundingClientRect()];
    if (inner.top < outer.top || inner.bottom > Math.min(outer.bottom, innerHeight))
      list.scrollTop += inner.top - outer.top - outer.height / 3;
  };
  const look = () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const link of links) {
      const words = link.dataset.find ?? "";
      const item = link.parentElement;
      if (item) item.hidden = !wanted.every((word) => words.includes(word));
    }
    for (const group of root.querySelectorAll(`.${css("group")}`))
      group.toggleAttribute("hidden", !group.querySelector("li:not([hidden])"));
    const count = visible().length;
    nothing.hidden = count > 0;
    const tasks = count === 1 ? "1 task" : `${count || "No"} tasks`;
    say(wanted.length ? tasks : "");
  };
  /** @param {HTMLAnchorElement | undefined} link @param {number} step */
  const move = (link, step) => {
    const all = visible();
    const to = link ? all.indexOf(link) + step : 0;
    if (to < 0) filter.focus();
    else all[Math.min(to, all.length - 1)]?.focus();
  };
  const arrive = () => {
    title.focus({ preventScroll: true });
    const { top } = builder.getBoundingClientRect();
    if (top < 0 || top > innerHeight / 2) builder.scrollIntoView({ block: "start" });
  };

  for (const link of links) {
    link.href = `#${link.dataset.state}`;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
      if (link.hash === location.hash) {
        event.preventDefault();
        restore(link.hash);
        arrive();
      } else picked = true;
    });
    link.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1, End: links.length, Home: -visible().indexOf(link) };
      const by = Object.hasOwn(step, event.key)
        ? step[/** @type {keyof typeof step} */ (event.key)]
        : undefined;
      if (by === undefined) return;
      event.preventDefault();
      move(link, by);
    });
  }
  filter.addEventListener("input", look);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") move(undefined, 0);
    else if (event.key === "Enter") visible()[0]?.click();
    else return;
    event.preventDefault();
  });
  addEventListener("hashchange", () => {
    if (!picked && location.hash !== "" && !location.hash.startsWith("#cli=")) return;
    restore(location.hash);
    if (picked) arrive();
    picked = false;
  });

  // -- Copying ---------------------------------------------------------------------------------

  /** @param {HTMLButtonElement} button @param {string} text @param {Node} fallback */
  const put = async (button, text, fallback) => {
    const name = button.textContent ?? "";
    let done = "Copied";
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection()?.selectAllChildren(fallback);
      done = "Selected";
    }
    clearTimeout(saying);
    status.textContent = done === "Copied" ? done : "Selected: copy it with Ctrl and C.";
    if (name === done) return;
    button.textContent = done;
    setTimeout(() => {
      button.textContent = name;
    }, 2000);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    for (const field of present.values()) field.touched = true;
    const { first } = update();
    if (first) present.get(first[0])?.focus();
    else put(copy, shown.textContent ?? "", shown);
  });
  share.addEventListener("click", () => {
    const { values } = collect();
    put(share, new URL(address(values), location.href).href, shown);
  });
  reset.addEventListener("click", () => {
    for (const field of present.values()) {
      field.write([]);
      field.touched = false;
    }
    for (const each of programs) each.checked = each.value === "mltrack";
    changed();
    say("The form is empty.");
  });
  form.addEventListener("input", changed);
  form.addEventListener("focusout", (event) => {
    const { name } = /** @type {HTMLInputElement} */ (event.target);
    const field = present.get(name);
    if (!field || field.touched || !field.param.required) return;
    field.touched = true;
    update();
  });

  restore(location.hash);
  if (location.hash.startsWith("#cli=") && builder.getBoundingClientRect().top > innerHeight / 2)
    builder.scrollIntoView({ block: "start" });
  root.dataset.enhanced = "";
})();
