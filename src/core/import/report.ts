import type { Diagnostic } from '../diagnostic.ts'
import type { Guess } from './format.ts'

/** A definition that was written (`updated`: over an earlier import), with all that had to be guessed. */
export interface ImportedRow {
  id: string
  source: string
  updated: boolean
  guesses: Guess[]
}

/** What an import did, or with `dryRun` would do. Every source is in exactly one of the lists, in path order. */
export interface ImportReport {
  format: string
  from: string
  to: string
  dryRun: boolean
  imported: ImportedRow[]
  /** Already there, byte for byte: not touched. */
  unchanged: { id: string; source: string; guesses: Guess[] }[]
  /** Left alone, because somebody's work would be lost. */
  skipped: { id: string; source: string; reason: string }[]
  failed: { source: string; diagnostics: Diagnostic[] }[]
}
