import type { Finding, Pointer, RuleCatalogue } from './diagnostic.ts'

/** A parsed JSON object of unknown shape. */
export type JsonObject = { [key: string]: unknown }

/**
 * One file of a definition. `path` is relative to its folder, NFC, with `/`; `size` is in bytes, for text after LF
 * folding.
 */
export interface FileEntry {
  path: string
  size: number
  sha256: string
  /** True for an executable asset, absent for other files. */
  executable?: true | undefined
}

/** The life cycle that an author may write in `status`. */
export type Status = 'draft' | 'active' | 'deprecated' | 'disabled'

/**
 * One definition for the rules: the manifest in the current spelling, validated by the kind's schema, and the text of
 * every file outside `assets/` (the manifest included) with LF line ends.
 */
export interface Definition<M = unknown> {
  kind: string
  id: string
  manifestPath: string
  manifest: M
  texts: ReadonlyMap<string, string>
  /** Paths and sizes of all files, sorted by path; `bundle` adds the hashes. */
  files: readonly { path: string; size: number }[]
}

/** What lists, heads and other kinds need from a definition. Plain JSON, at most a few hundred bytes. */
export interface Description {
  name: string
  summary: string
  status: Status
  /** The author's exact semver, if the manifest has one. */
  version?: string
  owner?: string
  tags: string[]
  /** Names of the things that other definitions may require, such as an agent's skill ids. */
  provides: string[]
  /** Further facts that the kind shows in lists, stored verbatim. */
  facts: JsonObject
}

/**
 * One definition's reference to another. It is checked on both sides of the wire, and the dependents of a change are
 * found by it.
 */
export interface Reference {
  kind: string
  id: string
  /** A semver range for the target's declared version. */
  range?: string
  /** `requires`: the target must exist and be live. `mentions`: the target must exist (a successor, for example). */
  relation: 'requires' | 'mentions'
  file: string
  pointer: Pointer
}

/**
 * At least one of several definitions has to provide a named thing (`Description.provides`). It is checked together
 * with references. Each id in `oneOf` is also a reference that requires the definition.
 */
export interface Demand {
  kind: string
  oneOf: string[]
  provides: string
  file: string
  pointer: Pointer
}

/** The result of giving parameters to a definition: everything that a run needs, fixed for ever. */
export interface Instance {
  /** Live definitions that the run uses. Each is locked to its current version and digest. */
  uses: { kind: string; id: string }[]
  /** Plain JSON, stored and returned. It never holds the value of a secret parameter. */
  document: JsonObject
}

/** A definition as a graph for people. An edge means that `to` comes after `from`. */
export interface Graph {
  nodes: { id: string; label: string; notes: string[] }[]
  edges: { from: string; to: string }[]
}

/** A change, apart from wording, that a reviewer should look at. `low` is listed, `high` is listed first. */
export interface Risk {
  id: string
  level: 'low' | 'medium' | 'high'
  /** The field of the manifest, as a dotted path. */
  field: string
  message: string
}

/** What a `check` may read of the other definitions in the tree. */
export interface Surroundings {
  /**
   * The description of a valid definition, or undefined if the definition is not available here. A rule must not
   * report a missing definition: `references` covers that for every kind, and the database checks it again at the
   * commit.
   */
  find(kind: string, id: string): Description | undefined
}

/** Surroundings without other definitions, for checking a definition alone as the edge function does. */
export const ALONE: Surroundings = { find: () => undefined }

/** The file name in findings about the parameters of an instance. */
export const PARAMETERS = 'parameters'

/** The result of parsing a value with a `ManifestSchema`. */
export type Parsed<M> = { success: true; data: M } | { success: false; error: { issues: readonly unknown[] } }

/**
 * A schema of zod 4, described by the members that NOFX calls. The types of this package therefore import no other
 * package, and a kind may use its own copy of zod.
 */
export interface ManifestSchema<M = unknown> {
  readonly _zod: { readonly output: M }
  safeParse(value: unknown): Parsed<M>
}

/** Maximum sizes and counts of a definition; in bytes unless a field says otherwise. */
export interface Limits {
  manifestBytes: number
  textBytes: number
  assetBytes: number
  files: number
  depth: number
}

/**
 * A registry kind: everything that the shared pipeline needs to know about one sort of definition. It is pure: no
 * network, disk, clock or console. The CLI, CI and the edge function use the same object.
 */
export interface Kind<M = unknown> {
  /** Plural, in kebab-case: the folder under the root, the first part of a bundle's path, and the word in the CLI. */
  readonly id: string
  readonly singular: string
  /** Such as `<singular>.json`, whose name with `.yaml` is accepted instead, but not both. */
  readonly manifestFile: string
  /**
   * How the manifest is written: as JSON (or YAML), which is the default, or as the front matter of a Markdown file,
   * whose name ends in `.md` and whose body belongs to the definition.
   */
  readonly manifest?: 'json' | 'front-matter'
  /** Where the manifest has the status of the life cycle; `['status']` unless given. */
  readonly statusPlace?: Pointer
  /** The manifest's field that must equal the folder's name. */
  readonly idField: string
  /**
   * The id of a definition whose `idField` holds it in another form, such as a name with a slash; undefined if the field
   * has no valid form. The folder is named after this id.
   */
  idOf?(manifest: JsonObject): string | undefined
  /** Strict shape of the manifest in the current spelling. Editors get the JSON Schema made from it. */
  readonly schema: ManifestSchema<M>
  /** Where the JSON Schema of the manifest is published, for its `$id`; without it the schema has no `$id`. */
  readonly schemaUrl?: string
  readonly limits: Limits
  /** Every rule id that `normalize` and `check` can report. */
  readonly rules: RuleCatalogue
  /** Kinds whose definitions come first: they are validated and published before this kind, and removed after it. */
  readonly after?: readonly string[]
  /** Converts older spellings. It must not change its input. Pointers in later findings refer to the result. */
  normalize?(raw: JsonObject, file: string): { manifest: JsonObject; findings: Finding[] }
  /** Rules beyond the schema. Called only with a manifest that the schema accepts. */
  check(item: Definition<M>, surroundings: Surroundings): Finding[]
  /** Paths of the prompt files, for `prompt_hash` and the unified diff. Without this method there are no prompts. */
  promptsOf?(item: Definition<M>): string[]
  /** Files besides prompts that the manifest names. A file that the manifest does not name is a warning. */
  filesOf?(item: Definition<M>): string[]
  describe(item: Definition<M>): Description
  /** Risks of the change from `before` (undefined for an added definition) to `after`. */
  risks?(before: Definition<M> | undefined, after: Definition<M>): Risk[]
  /**
   * References found in the manifest, and in JSON files that it names. Texts that do not contain the words of an id, in
   * order and with anything but letters and digits between them, do not refer to that id.
   */
  references(item: Definition<M>): Reference[]
  /** Things that at least one of several referenced definitions must provide. */
  demands?(item: Definition<M>): Demand[]
  /**
   * Makes an instance of a definition. Findings are about the parameters; their file is `PARAMETERS`. Only kinds
   * whose definitions can be run have this method.
   */
  instantiate?(
    item: Definition<M>,
    parameters: JsonObject,
    surroundings: Surroundings,
  ): { instance?: Instance; findings: Finding[] }
  graph?(item: Definition<M>): Graph
  /**
   * The files, by path, of a new definition that is valid as it is. `nofx new` needs this method. `name` is what `idField`
   * shall hold, where that is not the id.
   */
  scaffold?(id: string, options: { owner: string; name?: string }): Record<string, string>
}

/** The id in a manifest; undefined without one. */
export function manifestId(kind: Pick<Kind, 'idField' | 'idOf'>, manifest: JsonObject): unknown {
  return kind.idOf ? kind.idOf(manifest) : manifest[kind.idField]
}

/** Returns the kind without its manifest's type, so that different kinds fit into one list. */
export function defineKind<M>(kind: Kind<M>): Kind {
  return kind as unknown as Kind
}
