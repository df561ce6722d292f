import type { RuleCatalogue } from '../../../src/contract/diagnostic.ts'
import { table } from './table.ts'

/** A table of rules with what they demand and what to do. Each has an anchor: its id in lower case. */
export function ruleTable(rules: RuleCatalogue, advice: Readonly<Record<string, string>>): string {
  const rows = Object.entries(rules).map(([id, { severity, summary }]) => {
    const act = advice[id]
    if (act === undefined) throw new Error(`${id} has no entry in test/docs/advice/`)
    const level = severity === 'warning' ? ' (warning)' : ''
    return [`<a id="${id.toLowerCase()}"></a>\`${id}\`${level}`, summary, act]
  })
  return table(['rule', 'what it demands', 'what to do'], rows)
}
