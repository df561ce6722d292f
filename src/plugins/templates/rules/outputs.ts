import type { Finding } from '../../../contract/diagnostic.ts'
import { duplicates } from '../../../contract/fields/duplicates.ts'
import { checkJsonSchema } from '../../../contract/fields/json-schema.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import type { ExpectedOutput } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'

type OutputPlace = Parameters<typeof makeFinding>[1]

/** Checks the expected outputs of a run. */
export function checkOutputs(plan: PlanView, findings: Finding[]): void {
  const outputs = plan.definition.manifest.expectedOutputs ?? []
  const file = plan.definition.manifestPath
  const ids = outputs.map(({ id }) => id)
  for (const { index, first } of duplicates(ids))
    findings.push(
      makeFinding(
        'NOFX_OUTPUT_DUPLICATE',
        { file, pointer: ['expectedOutputs', index, 'id'] },
        `expectedOutputs[${index}].id ${quoted(ids[index] as string)} repeats expectedOutputs[${first}].id`,
        'give each output its own id',
      ),
    )
  for (const [index, output] of outputs.entries()) {
    // If no step can be read, there are no steps to compare with.
    if (plan.steps.length > 0) checkStep(plan, output, index, findings)
    checkForm(file, output, index, findings)
  }
}

function checkStep(
  { definition, byId }: PlanView,
  { fromStep }: ExpectedOutput,
  index: number,
  findings: Finding[],
) {
  if (byId.has(fromStep)) return
  const near = nearest(fromStep, byId.keys())
  findings.push(
    makeFinding(
      'NOFX_OUTPUT_STEP',
      { file: definition.manifestPath, pointer: ['expectedOutputs', index, 'fromStep'] },
      `expectedOutputs[${index}].fromStep ${quoted(fromStep)} is not a step of the plan`,
      near ? `write ${quoted(near)}` : 'name a step of the plan',
    ),
  )
}

function checkForm(file: string, output: ExpectedOutput, index: number, findings: Finding[]): void {
  checkSchema(file, output, index, findings)
  checkPath(file, output, index, findings)
}

function checkSchema(file: string, { type, schema }: ExpectedOutput, index: number, findings: Finding[]) {
  if (schema === undefined) return
  const pointer = ['expectedOutputs', index, 'schema']
  if (type === 'json') checkJsonSchema(schema, file, pointer, findings)
  else
    findings.push(
      makeFinding(
        'NOFX_OUTPUT_SCHEMA',
        { file, pointer, key: true },
        `expectedOutputs[${index}] has a schema, but its type is "${type}"`,
        'set its type to "json", or remove the schema',
      ),
    )
}

function checkPath(file: string, { type, path }: ExpectedOutput, index: number, findings: Finding[]): void {
  const where = `expectedOutputs[${index}]`
  const pointer = ['expectedOutputs', index]
  const at = { file, pointer: [...pointer, 'path'] }
  const add = (place: OutputPlace, message: string, hint: string) =>
    findings.push(makeFinding('NOFX_OUTPUT_PATH', place, message, hint))
  if (type === 'file' && path === undefined)
    add({ file, pointer }, `${where} is a file without a path`, 'add "path", such as "report.md"')
  if (path === undefined) return
  if (type !== 'file')
    add(
      { ...at, key: true },
      `${where} has a path, but its type is "${type}"`,
      'set its type to "file", or remove the path',
    )
  else if (path.includes('{{'))
    add(
      at,
      `${where}.path ${quoted(path)} has a placeholder, which is not filled in here`,
      'write one path that every run uses',
    )
}
