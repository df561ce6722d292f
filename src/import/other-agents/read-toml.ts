import type { Finding } from '../../contract/diagnostic.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { parseToml } from '../../exchange/texts/parse-toml.ts'
import { type ForeignFile, importFinding } from '../sources/format.ts'

/** The fields of a TOML file as plain JSON: dates, large numbers and what JSON lacks become text. */
export async function readToml(
  file: ForeignFile,
): Promise<{ ok: true; data: JsonObject } | { ok: false; finding: Finding }> {
  const toml = await parseToml(file.text)
  if (toml.ok) return toml
  const finding = importFinding(
    'NOFX_IMPORT_TOML',
    { file: file.path, offset: toml.offset },
    `the file is not plain TOML: ${toml.message}`,
    'fix it, or put the value in quotes',
  )
  return { ok: false, finding }
}
