import { type Finding, findingMaker } from '../diagnostic.ts'
import { masked } from '../fields/shown.ts'
import { CORE_RULES } from '../rules.ts'
import type { Source } from '../source.ts'
import { type ExampleSecrets, isExample, NO_EXAMPLES } from './example-secrets.ts'
import { isPlaceholder } from './secret-rules.ts'

const makeFinding = findingMaker(CORE_RULES)

/** This secretlint rule lets comments in a text switch off the scan, which an author must not be able to do. */
const FILTER_COMMENTS = '@secretlint/secretlint-rule-filter-comments'

/**
 * Runs secretlint's recommended rules on the files that `checkDefinition` suspects. The library is loaded at the
 * first suspect only. The CLI and the edge function both call this function, so that their verdicts are equal.
 */
export async function scanSuspects(
  source: Source,
  { suspects, examples = NO_EXAMPLES }: Suspects,
): Promise<Finding[]> {
  if (suspects.length === 0) return []
  const scan = await secretlint()
  const findings: Finding[] = []
  for (const file of source.files)
    if (file.text !== undefined && suspects.includes(file.path))
      findings.push(...(await scan(file.path, file.text, examples)))
  return findings
}

/** The part of a check's result that the scan needs. */
export interface Suspects {
  suspects: readonly string[]
  examples?: ExampleSecrets
}

type Scan = (file: string, text: string, examples: ExampleSecrets) => Promise<Finding[]>

let loading: Promise<Scan> | undefined

function secretlint(): Promise<Scan> {
  loading ??= load()
  return loading
}

async function load(): Promise<Scan> {
  const [{ lintSource }, preset, { secretLintProfiler }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
    import('@secretlint/profiler'),
  ])
  // secretlint times every rule on every file, keeps all timings and searches them each time, so that each scan is
  // slower than the one before: under Deno a few hundred files take 2 s (secretlint's issue 1633, fixed in versions
  // for Node.js 22).
  secretLintProfiler.mark = () => {}
  const rules = preset.rules
    .filter((rule) => rule.meta.id !== FILTER_COMMENTS)
    .map((rule) => ({ id: rule.meta.id, rule }))
  return async (file, text, examples) => {
    // Only the extension `.json` is passed on: for `.p12` a rule would open the path on disk.
    const ext = file.endsWith('.json') ? '.json' : ''
    const source = { filePath: file, content: text, ext, contentType: 'text' as const }
    const options = { config: { rules }, noPhysicFilePath: true }
    const { messages } = await lintSource({ source, options })
    return messages.flatMap(({ ruleId, range, data }) => {
      const what = ruleId.replace(/^@secretlint\/secretlint-rule-/, '')
      // A service account's key that was saved unchanged makes the whole file a credential.
      if (ruleId.endsWith('-gcp'))
        return [
          makeFinding(
            'NOFX_SECRET_FOUND',
            { file, offset: 0 },
            `${file} is a credential (${what})`,
            NO_EXAMPLES.hint(),
          ),
        ]
      const secret = findSecret(data, text) ?? text.slice(range[0], range[1])
      if (isPlaceholder(secret)) return []
      const offset = Math.max(range[0], text.indexOf(secret, range[0]))
      const message = `${file} holds a credential (${what}), ${masked(secret)}`
      if (isExample(text, offset, offset + secret.length, examples)) return []
      return [makeFinding('NOFX_SECRET_FOUND', { file, offset }, message, examples.hint())]
    })
  }
}

/** The credential itself. The message's range is not always exact: for AWS keys it starts at the variable's name. */
function findSecret(data: unknown, text: string): string | undefined {
  const values = Object.values(data ?? {}).filter((value) => typeof value === 'string')
  return values.filter((value) => text.includes(value)).sort((a, b) => b.length - a.length)[0]
}
