import { type Finding, findingMaker, type RuleCatalogue } from '../../contract/diagnostic.ts'
import type { JsonObject } from '../../contract/kind.ts'
import type { ForeignEntries } from '../../exchange/contract/format.ts'

/** What can be wrong with a foreign file. All are errors: the file is not imported. */
export const IMPORT_RULES = {
  NOFX_IMPORT_UNREADABLE: {
    severity: 'error',
    summary: 'A file to import is a regular file that can be read.',
  },
  NOFX_IMPORT_SIZE: { severity: 'error', summary: 'A file to import has at most 256 KiB.' },
  NOFX_IMPORT_ENCODING: { severity: 'error', summary: 'A file to import is UTF-8 text.' },
  NOFX_IMPORT_NAME: {
    severity: 'error',
    summary: 'A file of a folder to import has a name that it can have on every system.',
  },
  NOFX_IMPORT_FORMAT: {
    severity: 'error',
    summary: 'A file to import has a supported format.',
  },
  NOFX_IMPORT_FRONT_MATTER: {
    severity: 'error',
    summary: 'A file to import starts with plain YAML front matter.',
  },
  NOFX_IMPORT_TOML: { severity: 'error', summary: 'A TOML file to import has plain values.' },
  NOFX_IMPORT_FIELD: { severity: 'error', summary: 'The fields of a file to import have a supported type.' },
  NOFX_IMPORT_DUPLICATE: { severity: 'error', summary: 'Each file to import becomes a separate definition.' },
  NOFX_IMPORT_LOSS: {
    severity: 'error',
    summary: 'With --strict, a definition does what its source does, and needs no decision of a person.',
  },
  NOFX_IMPORT_TARGET: {
    severity: 'error',
    summary: 'The place of an imported definition is a folder, or does not exist.',
  },
} as const satisfies RuleCatalogue

/** Makes a finding of an import rule. */
export const importFinding = findingMaker(IMPORT_RULES)

/** Something the importer decided because the source does not say it. `what` was chosen, `why` is a whole reason. */
export interface Guess {
  field: string
  what: string
  why: string
  /** Whether the definition does not do what its source does until a person has looked at it. */
  needs?: boolean
}

/** The files beside a source, by path from its folder. */
export interface FolderFiles {
  texts: Record<string, string>
  /** Files below assets/ that are not text. */
  bytes: Map<string, Uint8Array>
  executable: Set<string>
  findings: Finding[]
}

/** A foreign file: `path` relative to where the import started, with `/`; `text` without BOM and with LF line ends. */
export interface ForeignFile {
  path: string
  text: string
  /** The other files of its folder, for a format whose definitions are folders. */
  folder?: FolderFiles
}

/** A definition made from a foreign file. */
export interface ForeignDefinition {
  id: string
  /** The importer adds to `metadata` what is in `unmapped`, and its own record. */
  manifest: JsonObject
  /** The other files by path. */
  files: Record<string, string>
  /** Files that are not text. */
  bytes?: ReadonlyMap<string, Uint8Array>
  /** Paths of executable files. */
  executable?: ReadonlySet<string>
  /** Content of the source that no field of the manifest takes. */
  unmapped: JsonObject
  guesses: Guess[]
  /** Set if the id is made of the manifest, and cannot be another one. */
  isNamed?: true
}

/** What a foreign file turned out to be. */
export type Foreign = { ok: true; definition: ForeignDefinition } | { ok: false; findings: Finding[] }

/** Facts that cannot be read from the file alone. */
export interface ReadOptions {
  owner?: string
  /** Put before the id, with a hyphen. */
  prefix?: string
  /** The id that a person has chosen. */
  id?: string
  /** The namespace of servers whose files have none. */
  namespace?: string | undefined
  /** Where the file's path starts: absolute, with `/`. What a folder is called must not depend on the start. */
  base: string
  /** Paths of all files of the format in this run, in order. */
  siblings: readonly string[]
  /** The plugin that the file belongs to, when another file of the run would otherwise have the same id. */
  plugin?: string
  /** Whether a definition is there that others may require: made by this run, or in the tree before. */
  isLive(kind: string, id: string): boolean
  /** Whether a definition of the format's kind was there before this run, unless another file of the run has become it. */
  wasThere(id: string): boolean
}

/** A format that people keep definitions in. Pure: it knows texts, not disks. */
export interface ImportFormat {
  /** Recorded in `metadata.import.format`. */
  readonly id: string
  /** The kind that its definitions are of. */
  readonly kind: string
  readonly manifestFile: string
  /** Of all its files, such as `.md`. */
  readonly extension: string
  /** Whether ids start with the plugin's name where two files would have the same. */
  readonly usesPlugin: boolean
  /** The entries of a file that is a list of sources, by name; undefined for a file that is not one. */
  split?(text: string, path: string): ForeignEntries | Promise<ForeignEntries>
  /** Whether a file is one by its path alone, from the start folder's own name on. */
  matches(path: string): boolean
  /** Whether a file's text shows that it has this format although its path does not. */
  recognises(text: string, path: string): boolean
  /** Whether a definition is the whole folder of its file. */
  readonly isFolder?: true
  /** Whether its files lie in any folder: then the other files of a folder say nothing. */
  readonly isAnywhere?: true
  /** Whether a file's text belongs to this format alone, although its path fits others. */
  isSure?(text: string): boolean
  /** Why a file is passed over although its path fits the format. */
  stray(path: string, text: string): string | undefined
  read(file: ForeignFile, options: ReadOptions): Promise<Foreign>
}
