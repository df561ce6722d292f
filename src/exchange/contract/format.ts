import type { Finding } from '../../contract/diagnostic.ts'
import type { Definition, JsonObject } from '../../contract/kind.ts'
import type { Named } from '../../contract/name.ts'

/** What becomes of a field: written as it is, written as something else, carried along, or left out. */
export type Outcome = 'mapped' | 'approximated' | 'kept' | 'dropped'

/** What a format does with one field. The rows of a format are its documentation, and its ledgers are made of them. */
export interface FieldRow {
  /** A path in the source, such as `permissions.hosts`; `*` stands for one name. */
  field: string
  outcome: Outcome
  /** What the field becomes, or why it does not. */
  reason: string
  /** Whether the field limits what an agent may do. Such a field that is not mapped fails with `--strict`. */
  limits?: true
}

/** One field of one source, and what became of it. `at` is its place, `source` its definition or file. */
export interface LedgerRow extends FieldRow {
  source: string
  at: string
}

/** A row for every field of every source: a field without one would be lost in silence. */
export type Ledger = readonly LedgerRow[]

/** A definition to write. */
export interface ExportItem {
  definition: Definition
  /** The digest of its content. */
  digest: string
  /** Its version, when it is from a registry. */
  version?: number
  /** The bytes of one of its assets; undefined if there is no such asset. */
  asset(path: string): Uint8Array | undefined
}

export interface WriteOptions {
  /** The client that the files are for, where a format serves several. */
  client?: string
  /**
   * Whether an imported definition gets back what its source asked for beyond the permissions that the definition
   * has: every tool, hooks, a mode without questions.
   */
  allowEffects: boolean
  /** The name under which all definitions become one plugin, or the name of a marketplace. */
  bundle?: string
  /** The web address below which the files will be served. */
  baseUrl?: string
  /** Programs whose own files lie beside those of the format. */
  with?: readonly string[]
  /** Whether values of a person that are in the way may be replaced. */
  force?: boolean
  /** The text of a file that the target has already; undefined without one. */
  earlier?(path: string): string | undefined
}

/** The options of an export that only some formats have. */
export type FormatFlag = 'bundle' | 'baseUrl' | 'with'

/** A file below the target. */
export interface WrittenFile {
  /** Relative, with `/`. */
  path: string
  content: string | Uint8Array
  /** The definitions that it was made of. */
  from: readonly Named[]
  /** Set if `content` is a section of a file whose other lines belong to others: the lines around the section. */
  section?: { start: string; end: string }
  /** The other lines of such a file, where the section takes the place of some of them. */
  rest?: string
  /**
   * Set if the file is JSON of others, and `content` a JSON object with the members at `key` alone: the names of those
   * that are the export's.
   */
  members?: { key: string; names: readonly string[] }
}

/** A finding about one of the definitions. */
export interface ExportFinding extends Finding {
  of: Named
}

export interface Written {
  files: readonly WrittenFile[]
  findings: readonly ExportFinding[]
  ledger: Ledger
}

/** A file of another format: `path` relative to where the search started, with `/`; `text` with LF line ends. */
export interface ForeignText {
  path: string
  text: string
}

/** A definition that a foreign file was read as: its manifest without `metadata`, and its other files. */
export interface ReadResult {
  id: string
  kind: string
  manifest: JsonObject
  files: Readonly<Record<string, string>>
  /** What no field of the manifest takes, as it was written. */
  kept: JsonObject
  /** Set if the id is made of the manifest, and cannot be another one. */
  isNamed?: true
}

/** What a person has chosen for all files of an import. */
export interface ForeignSettings {
  /** The namespace of servers whose files have none, such as `com.example`. */
  namespace?: string | undefined
}

/** The entries of a list, by name; undefined for a file that is not a list. */
export type ForeignEntries = readonly { name: string; text: string }[] | undefined

/** What a foreign file holds. Without a definition there is a finding. */
export interface ReadForeign {
  definitions: readonly ReadResult[]
  findings: readonly Finding[]
  ledger: Ledger
}

/** A limit of a client, in its own words. */
export interface ClientLimit {
  field: string
  rule: string
}

/**
 * A format that others keep definitions in. It is pure: texts in, texts out; no network, disk, clock or console. It
 * never throws because of content: a problem is a finding.
 */
export interface ExchangeFormat {
  /** In kebab-case: the word in `nofx export`. */
  readonly id: string
  /** For people: the program that reads it. */
  readonly title: string
  /** Kinds whose definitions it takes. */
  readonly kinds: readonly string[]
  /** Where its files lie, below the target of an export. */
  readonly places: readonly string[]
  /** The kind that `read` makes definitions of; the first of `kinds` unless given. */
  readonly readsAs?: string
  /** The end of the names of its files, such as `.json`; files of any name may be of the format unless given. */
  readonly extension?: string
  /** The clients that `--client` chooses from; the first is the default. */
  readonly clients?: readonly string[]
  /** The options that it has; a format without them takes none. */
  readonly flags?: readonly FormatFlag[]
  /** What `write` does with each field of a definition. */
  readonly writes?: readonly FieldRow[]
  /** What `read` does with each field of a file. */
  readonly reads?: readonly FieldRow[]
  readonly limits: readonly ClientLimit[]
  /** Whether a file has this format, by its path and, where the path does not tell, by its text. */
  detect?(path: string, text?: string): 'sure' | 'likely' | undefined
  /** The entries of a file that is a list, by name, each as a file of this format; undefined for every other file. */
  split?(text: string, path: string): ForeignEntries | Promise<ForeignEntries>
  read?(file: ForeignText, settings?: ForeignSettings): Promise<ReadForeign>
  write?(items: readonly ExportItem[], options: WriteOptions): Promise<Written>
}
