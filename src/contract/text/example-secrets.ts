import { type Finding, findingMaker } from '../diagnostic.ts'
import { masked } from '../fields/shown.ts'
import type { JsonObject, Kind, Risk } from '../kind.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source, SourceFile } from '../source.ts'

const makeFinding = findingMaker(CORE_RULES)

/** The field of a manifest, of any kind whose schema has it, that lists values which only look like secrets. */
export const EXAMPLES_FIELD = 'exampleSecrets'

/** What the scan for secrets does not report, and what it advises. */
export interface ExampleSecrets {
  values: readonly string[]
  /** The hint of a finding. It names the field only if the kind accepts that field. */
  hint: () => string
}

const REVOKE = 'revoke it, and name it in permissions.secrets instead of writing its value'

const OR_LIST = `if it is an example, add it to "${EXAMPLES_FIELD}" in the manifest`

/** The scan of a text without a manifest: every value that looks like a secret is reported. */
export const NO_EXAMPLES: ExampleSecrets = { values: [], hint: () => REVOKE }

/** Reads the list from a manifest that may not be valid yet: other findings do not hide or show a secret. */
export function readExamples(raw: JsonObject | undefined, kind: Kind): ExampleSecrets {
  const list = raw?.[EXAMPLES_FIELD]
  const values = Array.isArray(list) ? list.filter((one) => typeof one === 'string' && one !== '') : []
  return { values, hint: () => (isKnownTo(kind) ? `${REVOKE}; ${OR_LIST}` : REVOKE) }
}

/** A strict schema reports a field that it does not know, whatever the rest of the manifest is. */
function isKnownTo(kind: Kind): boolean {
  const parsed = kind.schema.safeParse({ [EXAMPLES_FIELD]: [] })
  const issues = parsed.success ? [] : (parsed.error.issues as { code?: string; keys?: string[] }[])
  return !issues.some(({ code, keys }) => code === 'unrecognized_keys' && keys?.includes(EXAMPLES_FIELD))
}

/** A scanner's match may run on into what follows a value: a quote, a bracket, the end of a sentence. */
const GOES_ON = /^[.,:;!?]*[\w~%@/&=+#$-]/

/**
 * True if a match, from `start` to `end`, is an example as it is or as JSON writes it. A value that an example
 * continues, or that continues an example, is another value.
 */
export function isExample(text: string, start: number, end: number, { values }: ExampleSecrets): boolean {
  return values.flatMap(spellings).some((value) => {
    const from = Math.max(0, start - value.length)
    // Only this window is searched: a search of the whole text for each match would take too long.
    const at = text.slice(from, start + value.length).lastIndexOf(value)
    const last = from + at + value.length
    return at >= 0 && last > start && (last >= end || !GOES_ON.test(text.slice(last, end)))
  })
}

/** The value itself, and its spelling in a JSON text if that differs. */
function spellings(value: string): string[] {
  return [...new Set([value, JSON.stringify(value).slice(1, -1)])]
}

/** Reports entries that no text needs: such an entry would publish a value that nothing shows. */
export function checkExamples(
  source: Source,
  { path }: SourceFile,
  examples: ExampleSecrets,
  findings: Finding[],
): void {
  for (const [index, value] of examples.values.entries()) {
    const count = source.files.reduce((sum, { text = '' }) => sum + occurrences(text, value), 0)
    if (count > 1) continue
    findings.push(
      makeFinding(
        'NOFX_SECRET_EXAMPLE',
        { file: path, pointer: [EXAMPLES_FIELD, index] },
        `${EXAMPLES_FIELD}[${index}] ${masked(value)} is in no other text of the definition`,
        'remove it',
      ),
    )
  }
}

function occurrences(text: string, value: string): number {
  return Math.max(...spellings(value).map((one) => text.split(one).length - 1))
}

/** A risk for each value that a change adds to the list: a reviewer must see that NOFX will not report it. */
export function exampleRisks(before: unknown, after: unknown): Risk[] {
  const earlierValues = new Set(readList(before))
  return readList(after)
    .filter((value) => !earlierValues.has(value))
    .map((value) => ({
      id: 'secret-allowed',
      level: 'high',
      field: EXAMPLES_FIELD,
      message: `${masked(value)} counts as an example and is not reported as a secret`,
    }))
}

function readList(manifest: unknown): string[] {
  const list = (manifest as JsonObject | undefined)?.[EXAMPLES_FIELD]
  return Array.isArray(list) ? list.filter((one) => typeof one === 'string') : []
}
