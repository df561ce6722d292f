import type { ZodType } from 'zod'
import type { Finding, Pointer, RuleCatalogue } from './diagnostic.ts'

/** A parsed JSON object whose shape is not known yet. */
export type JsonObject = { [key: string]: unknown }

/** One file of a definition. `path` is relative to its folder, NFC, with `/`; `size` in bytes after LF folding of text. */
export interface FileEntry {
  path: string
  size: number
  sha256: string
  /** Present on assets that may be run as programs. */
  executable?: true | undefined
}

/** The life cycle that an author may write in `status`. */
export type Status = 'draft' | 'active' | 'deprecated' | 'disabled'

/**
 * One definition as rules see it: the manifest in today's spelling, validated by the kind's schema,
 * and the text of every file outside `assets/` (the manifest included) with LF line ends.
 */
export interface Definition<M = unknown> {
  kind: string
  id: string
  manifestPath: string
  manifest: M
  texts: ReadonlyMap<string, string>
  /** Paths and sizes of all files, sorted by path; hashes are added by `bundle`. */
  files: readonly { path: string; size: number }[]
}

/** What lists, heads and other kinds need to know of a definition. Plain JSON, at most a few hundred bytes. */
export interface Description {
  name: string
  summary: string
  status: Status
  /** The author's exact semver, if the manifest carries one. */
  version?: string
  owner?: string
  tags: string[]
  /** Named things that other definitions may ask for, such as an agent's skill ids. */
  provides: string[]
  /** Whatever else the kind wants readers to see in a list (kept verbatim). */
  facts: JsonObject
}

/** One definition names another: checked on both sides of the wire, and the base of the blast radius. */
export interface Reference {
  kind: string
  id: string
  /** Semver range on the target's declared version. */
  range?: string
  /** `requires`: the target must exist and be live. `mentions`: it must exist (a successor, for example). */
  relation: 'requires' | 'mentions'
  file: string
  pointer: Pointer
}

/**
 * One of several definitions has to offer a named thing (`Description.provides`): checked where references are.
 * Every id of `oneOf` is also a reference that requires it.
 */
export interface Demand {
  kind: string
  oneOf: string[]
  provides: string
  file: string
  pointer: Pointer
}

/** What a definition becomes when it is given parameters: everything a run needs, fixed for ever. */
export interface Instance {
  /** Live definitions that the run uses: each is locked to the version and digest it has now. */
  uses: { kind: string; id: string }[]
  /** Plain JSON, stored and returned. Never holds the value of a secret parameter. */
  document: JsonObject
}

/** A definition as boxes and arrows, for people. An edge means that `to` comes after `from`. */
export interface Graph {
  nodes: { id: string; label: string; notes: string[] }[]
  edges: { from: string; to: string }[]
}

/** A change that deserves a second look, apart from wording. `low` is worth a line, `high` is read first. */
export interface Risk {
  id: string
  level: 'low' | 'medium' | 'high'
  /** Where in the manifest, as a dotted path. */
  field: string
  message: string
}

/** What a `check` may ask of the other definitions in the tree. */
export interface Surroundings {
  /**
   * The description of a valid definition, or undefined when it is not known here. That is no finding of the rule
   * that asks: whether it exists is checked for every kind from `references`, and in the database at the commit.
   */
  find(kind: string, id: string): Description | undefined
}

/** Knows no other definition: one definition is looked at by itself, as the edge function sees it. */
export const ALONE: Surroundings = { find: () => undefined }

/** Stands for the parameters of an instance where a finding names its file. */
export const PARAMETERS = 'parameters'

/** Sizes and counts a definition may not exceed; bytes unless named otherwise. */
export interface Limits {
  manifestBytes: number
  textBytes: number
  assetBytes: number
  files: number
  depth: number
}

/**
 * A registry kind: everything the shared pipeline asks about one sort of definition.
 * Pure: no network, disk, clock or console. The same object runs in the CLI, in CI and in the edge function.
 */
export interface Kind<M = unknown> {
  /** Plural, kebab-case: the folder under the root, the first part of a bundle's path, the CLI's word. */
  readonly id: string
  readonly singular: string
  /** `<singular>.json`; the same name with `.yaml` is accepted as well, never both. */
  readonly manifestFile: string
  /** The manifest's field that must equal the folder's name. */
  readonly idField: string
  /** Strict shape of the manifest in today's spelling. Its JSON Schema is what editors get. */
  readonly schema: ZodType<M>
  readonly limits: Limits
  /** Every rule id that `normalize` and `check` can report. */
  readonly rules: RuleCatalogue
  /** Kinds whose definitions must be there first: validated, published and removed in that order. */
  readonly after?: readonly string[]
  /** Reads older spellings. Must not change its input. Pointers in later findings refer to the result. */
  normalize?(raw: JsonObject, file: string): { manifest: JsonObject; findings: Finding[] }
  /** Rules beyond the schema. Called only with a manifest the schema accepts. */
  check(item: Definition<M>, surroundings: Surroundings): Finding[]
  /** Paths of the prompt files, for `prompt_hash` and for the unified diff. */
  promptsOf(item: Definition<M>): string[]
  /** Files that the manifest names besides prompts; a file named by nothing is a warning. */
  filesOf(item: Definition<M>): string[]
  describe(item: Definition<M>): Description
  /** Risks of going from `before` (undefined when added) to `after`. */
  risks(before: Definition<M> | undefined, after: Definition<M>): Risk[]
  /** From the manifest alone: one that does not hold an id refers to no definition of that id. */
  references(item: Definition<M>): Reference[]
  /** What the referred definitions have to offer, where one of several may. */
  demands?(item: Definition<M>): Demand[]
  /**
   * Makes an instance of a definition. Findings are about the parameters: their file is `PARAMETERS`. Only kinds whose
   * definitions can be run have it.
   */
  instantiate?(
    item: Definition<M>,
    parameters: JsonObject,
    surroundings: Surroundings,
  ): { instance?: Instance; findings: Finding[] }
  graph?(item: Definition<M>): Graph
  /** The files of a new definition that validates at once, by path. */
  scaffold(id: string, options: { owner: string }): Record<string, string>
}

/** Names a kind with its manifest's type and hides the type again, so that kinds of all shapes fit one list. */
export function defineKind<M>(kind: Kind<M>): Kind {
  return kind as unknown as Kind
}
