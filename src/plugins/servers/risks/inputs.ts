import { shownList } from '../../../contract/fields/compare.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { NamedInput } from '../manifest/schema.ts'
import { SECRET_WORD } from '../manifest/secret-name.ts'

/** New headers and environment variables: what a user is asked for, or what is sent for the user. */
export function inputRisks(
  before: readonly NamedInput[] = [],
  after: readonly NamedInput[] = [],
  { field, what }: { field: string; what: string },
): Risk[] {
  const old = new Map(before.map((one) => [one.name, one]))
  const fresh = after.filter(({ name }) => !old.has(name))
  const secrets = fresh.filter(isSecret)
  const others = fresh.filter((one) => !isSecret(one))
  const moved = after.filter((one) => old.has(one.name) && old.get(one.name)?.value !== one.value)
  const risk = (id: string, level: Risk['level'], verb: string, inputs: readonly NamedInput[]): Risk[] =>
    inputs.length === 0
      ? []
      : [{ id, level, field, message: `${verb} ${what} ${shownList(inputs.map(({ name }) => name))}` }]
  return [
    ...risk('server-secret-added', 'high', 'asks for a secret in', secrets),
    ...risk('server-input-added', 'medium', 'also reads', others),
    ...risk('server-input-value', 'medium', 'has another value for', moved),
  ]
}

const isSecret = ({ name, isSecret = SECRET_WORD.test(name) }: NamedInput) => isSecret
