import type { Finding } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { type JsonObject, PARAMETERS, type Surroundings } from '../../../contract/kind.ts'
import { Meter } from '../../../contract/schemas/meter.ts'
import { instantiateTemplate } from '../instantiate/instantiate.ts'
import { checkParameters } from '../instantiate/parameters.ts'
import type { Example, TemplateDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import type { PlanSize } from './text-walk.ts'

const NONE: JsonObject = {}

/** Characters that a filled-in plan may have in any case. */
const ROOM = 100_000

/**
 * Checks that every example can be run. Its values are checked whenever there is a schema for them, the whole plan
 * only if no other rule found an error.
 * @param size the size of a plan in which no rule has found an error so far
 */
export function checkExamples(
  definition: TemplateDefinition,
  surroundings: Surroundings,
  secrets: ReadonlySet<string>,
  size: PlanSize | undefined,
  findings: Finding[],
): void {
  const { examples } = definition.manifest
  if (examples === undefined) return
  const file = definition.manifestPath
  const names = examples.map(({ name }) => name)
  for (const { index, first } of duplicates(names))
    findings.push(
      makeFinding(
        'NOFX_EXAMPLE_DUPLICATE',
        { file, pointer: ['examples', index, 'name'] },
        `examples[${index}].name ${quoted(names[index] as string)} repeats examples[${first}].name`,
        'give each example its own name',
      ),
    )
  const meter = new Meter()
  for (const [index, example] of examples.entries()) {
    const secretNames = Object.keys(example.parameters).filter((name) => secrets.has(name))
    for (const name of secretNames) findings.push(leak(file, index, name))
    if (secretNames.length > 0) continue
    for (const finding of tryOut(definition, example, surroundings, meter, size))
      findings.push(moved(finding, file, index))
  }
}

function tryOut(
  definition: TemplateDefinition,
  { parameters: values }: Example,
  surroundings: Surroundings,
  meter: Meter,
  size: PlanSize | undefined,
): Finding[] {
  const { parameters = NONE } = definition.manifest
  const findings = checkParameters(parameters, values, true, meter)
  if (findings.length > 0 || size === undefined || isSmall(size, parameters, values)) return findings
  // The core checks the agent of each step, for every kind.
  return instantiateTemplate(definition, values, surroundings, true).findings.filter(
    ({ file }) => file === PARAMETERS,
  )
}

/**
 * True if filling in the plan cannot fail: the rules have checked every placeholder, and there would be room even if
 * each stood for all values and defaults together. It saves making thousands of plans.
 */
function isSmall(
  { characters, placeholders }: PlanSize,
  parameters: JsonObject,
  values: JsonObject,
): boolean {
  const largest = JSON.stringify(values).length + JSON.stringify(parameters).length
  return characters + placeholders * largest < ROOM
}

/** A finding about parameters, moved to their place in the manifest. */
function moved({ message, pointer = [], ...finding }: Finding, file: string, index: number): Finding {
  return {
    ...finding,
    file,
    pointer: ['examples', index, 'parameters', ...pointer],
    message: `examples[${index}]: ${message}`,
  }
}

function leak(file: string, index: number, name: string): Finding {
  return makeFinding(
    'NOFX_EXAMPLE_SECRET',
    { file, pointer: ['examples', index, 'parameters', name], key: true },
    `examples[${index}] gives a value for the secret parameter ${quoted(name)}`,
    'remove it: an example is tried without secrets',
  )
}
