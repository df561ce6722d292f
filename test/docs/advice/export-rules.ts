import type { EXPORT_RULES } from '../../../src/exchange/contract/rules.ts'

/** What to do about a definition that `nofx export` does not write. */
export const EXPORT_ADVICE: Record<keyof typeof EXPORT_RULES, string> = {
  NOFX_EXPORT_LIMIT: 'Shorten what the message names, or name the definitions to export without this one.',
  NOFX_EXPORT_LOSS:
    'Write the permission so that the program has an equal ([formats](formats.md)), or export without `--strict`.',
  NOFX_EXPORT_SERVER: 'Tell the people who install the plugin to add the server with its secret.',
  NOFX_EXPORT_PATH: 'Report it to the author of the format. Formats of NOFX write no such path.',
}
