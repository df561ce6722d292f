import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { evaluate } from '../../../contract/schemas/evaluate.ts'
import type { Meter } from '../../../contract/schemas/meter.ts'
import { shownValue } from '../../../contract/text/shown-value.ts'
import { compileParameters } from '../instantiate/compile.ts'
import { checkLimits } from '../instantiate/limits.ts'
import { makeFinding } from './catalogue.ts'

/** The context of an author's values: their schema, and the cost that checking them may have. */
export interface Around {
  /** The schema of all parameters; `path` leads to the schema inside it. */
  root: JsonObject
  path: Pointer
  file: string
  /** Whether a message may show the value: a value of all parameters together may contain a secret. */
  isShown: boolean
  meter: Meter
}

/** Checks that defaults and examples inside a schema follow that schema, and the limits of a caller's values. */
export function checkSchemaValues(schema: JsonObject, around: Around): Finding[] {
  if (schema.default === undefined && schema.examples === undefined) return []
  const findings: Finding[] = []
  for (const [value, at] of valuesIn(schema)) {
    const problem = findProblem(schema, value, around)
    if (problem === undefined) continue
    const pointer = ['parameters', ...around.path, ...at]
    const valueText = around.isShown ? ` ${shownValue(value)}` : ''
    findings.push(
      makeFinding(
        'NOFX_PARAMETER_DEFAULT',
        { file: around.file, pointer },
        `${dotted(pointer)}${valueText} ${problem}`,
        'change the value, or the schema that it stands in',
      ),
    )
  }
  return findings
}

function valuesIn(schema: JsonObject): [value: unknown, at: Pointer][] {
  const examples = Array.isArray(schema.examples) ? schema.examples : []
  const values: [unknown, Pointer][] = examples.map((value, index) => [value, ['examples', index]])
  if (schema.default !== undefined) values.push([schema.default, ['default']])
  return values
}

const NONE: ReadonlySet<string> = new Set()

function findProblem(schema: JsonObject, value: unknown, { root, path, meter }: Around): string | undefined {
  const isInside = typeof value === 'object' && value !== null
  const beyond = isInside ? checkLimits({ value }, NONE)[0] : undefined
  if (beyond !== undefined) return `is beyond what parameters may be (${beyond.message})`
  const { schema: resolved } = compileParameters(root)
  const faults = evaluate(path.length === 0 ? resolved.root : schema, value, resolved, meter)
  if (faults === undefined) return 'takes too many steps to check, with all other defaults and examples'
  return faults.length === 0 ? undefined : 'does not follow its own schema'
}
