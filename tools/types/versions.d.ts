/** What the scripts of the version selector share. */

/** A version of a tree, as tools/versions writes it. */
interface TreeVersion {
  name: string;
  kind: "development" | "pre-release" | "release";
  /** Its address below the tree. */
  path: string;
}

interface Tree {
  /** The name of the current release. */
  stable: string | null;
  versions: TreeVersion[];
}

/** A version, as Read the Docs describes it. */
interface HostedVersion {
  slug: string;
  type: "branch" | "tag" | "external" | string;
  ref?: string | null;
  verbose_name?: string;
  urls: { documentation: string };
}

interface Hosted {
  versions: { current: HostedVersion; active: HostedVersion[] };
}

/** What the menu and the notice need of a version. */
interface Version {
  name: string;
  kind: "development" | "pre-release" | "release" | "stable";
  /** Where it starts. */
  url: URL;
  current: boolean;
}

interface VersionMenu {
  toggle(): void;
}

interface ReadTheDocsData {
  data(): Hosted;
}

interface DocumentEventMap {
  "readthedocs-addons-data-ready": CustomEvent<ReadTheDocsData>;
}

interface Window {
  mltVersions(host: HTMLElement, button: HTMLElement, data: object, root: URL): VersionMenu;
  ReadTheDocsEventData?: ReadTheDocsData;
}
