import type { Finding } from '../../../contract/diagnostic.ts'
import { dotted, masked, quoted } from '../../../contract/fields/shown.ts'
import { SECRET_WORD } from '../manifest/secret-name.ts'
import { makeFinding } from './catalogue.ts'
import type { RulePlace } from './place.ts'

/** The fields of an input that a rule reads. */
interface Input {
  name?: string
  isSecret?: boolean | undefined
  value?: string | undefined
  default?: string | undefined
  variables?: Record<string, Input> | undefined
}

const HAS_VARIABLE = /\{[^{}]+\}/

/** Checks headers or environment variables: each name once, and no secret by its value. */
export function checkInputs(inputs: readonly Input[], place: RulePlace, findings: Finding[]): void {
  const { file, at } = place
  const names = new Set<string>()
  for (const [index, input] of inputs.entries()) {
    const { name = '' } = input
    if (names.has(name.toLowerCase()))
      findings.push(
        makeFinding(
          'NOFX_SERVER_INPUT_DUPLICATE',
          { file, pointer: [...at, index, 'name'] },
          `${dotted([...at, index, 'name'])} ${quoted(name)} is named twice`,
          'remove one of them',
        ),
      )
    names.add(name.toLowerCase())
    checkInput(input, { ...place, at: [...at, index] }, findings)
  }
}

/** Refuses the value of a secret: everyone who reads the registry reads it. */
export function checkInput(input: Input, place: RulePlace, findings: Finding[]): void {
  const { file, at } = place
  const isSecret = input.isSecret ?? (input.name !== undefined && SECRET_WORD.test(input.name))
  for (const field of ['value', 'default'] as const) {
    const text = input[field]
    if (!isSecret || text === undefined || text === '' || HAS_VARIABLE.test(text)) continue
    findings.push(
      makeFinding(
        'NOFX_SERVER_SECRET_LITERAL',
        { file, pointer: [...at, field] },
        `${dotted([...at, field])} is ${masked(text)}, and its input is a secret`,
        input.isSecret
          ? `remove "${field}": the user gives the secret`
          : `remove "${field}", or write "isSecret": false`,
      ),
    )
  }
  for (const [name, variable] of Object.entries(input.variables ?? {}))
    checkInput({ name, ...variable }, { ...place, at: [...at, 'variables', name] }, findings)
}
