import { DATA } from '../../../src/cli/json/commands.ts'
import { listFields } from '../../../src/cli/json/published.ts'
import { table } from './table.ts'

/** The fields of `data` in the document of each command. */
export function jsonFieldsTable(): string {
  const rows = (Object.keys(DATA) as (keyof typeof DATA)[]).map((name) => [
    `\`nofx ${name}\``,
    listFields(name)
      .map((fields) => fields.map((field) => `\`${field}\``).join(', '))
      .join('<br>'),
  ])
  return table(['command', 'fields of `data`'], rows)
}
