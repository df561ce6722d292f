import type { IMPORT_RULES } from '../../../src/import/sources/format.ts'

/** What to do about a file that `nofx import` cannot import. */
export const IMPORT_ADVICE: Record<keyof typeof IMPORT_RULES, string> = {
  NOFX_IMPORT_UNREADABLE: 'Check that the file is a regular file, and that you may read it.',
  NOFX_IMPORT_SIZE: 'Shorten the file.',
  NOFX_IMPORT_ENCODING: 'Save the file as UTF-8.',
  NOFX_IMPORT_FORMAT: 'Name Markdown files of agents or commands, or a folder with such files.',
  NOFX_IMPORT_FRONT_MATTER: 'Fix the lines between the two `---` at the top of the file.',
  NOFX_IMPORT_TOML: 'Fix the TOML file at the place that the finding names.',
  NOFX_IMPORT_FIELD: 'Give the field a text, or a list of texts, as the hint says.',
  NOFX_IMPORT_DUPLICATE: 'Give one of the two files another name.',
  NOFX_IMPORT_LOSS:
    'Change in the source what the message names, or import without `--strict` and look at what “needs you” lists.',
  NOFX_IMPORT_NAME: 'Rename the file, and correct the links to it.',
  NOFX_IMPORT_TARGET: 'Move the file that has the name of the folder.',
}
