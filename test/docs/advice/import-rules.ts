import type { IMPORT_RULES } from '../../../src/import/sources/format.ts'

/** What to do about a file that `nofx import` cannot import. */
export const IMPORT_ADVICE: Record<keyof typeof IMPORT_RULES, string> = {
  NOFX_IMPORT_UNREADABLE: 'Check that you may read it; import the file itself instead of a link.',
  NOFX_IMPORT_SIZE: 'Shorten it.',
  NOFX_IMPORT_ENCODING: 'Save it as UTF-8.',
  NOFX_IMPORT_FORMAT: 'Name Markdown files of agents or commands, or a folder with them.',
  NOFX_IMPORT_FRONT_MATTER: 'Mend the lines between the two `---` at the top.',
  NOFX_IMPORT_FIELD: 'Give the field a text, or a list of texts, as the hint says.',
  NOFX_IMPORT_DUPLICATE: 'Give one of them another name.',
  NOFX_IMPORT_TARGET: 'Move the file that is in the way.',
}
