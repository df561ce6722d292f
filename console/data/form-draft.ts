import { useState } from 'preact/hooks'
import type { Field } from '../model/plans/form-of-schema.ts'
import { type Entries, withoutSecrets } from '../model/plans/value-of-form.ts'

const DRAFT = 'nofx-form '

/** What stands in a form, kept in this tab: a reload loses nothing but secrets, which are kept nowhere. */
export function useEntries(place: string, fields: readonly Field[]) {
  const [entries, setEntries] = useState(() => readEntries(place))
  const change = (next: Entries) => {
    setEntries(next)
    sessionStorage.setItem(DRAFT + place, JSON.stringify(withoutSecrets(fields, next)))
  }
  return { entries, change, forgetSecrets: () => setEntries((before) => withoutSecrets(fields, before)) }
}

function readEntries(place: string): Entries {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(DRAFT + place) ?? '{}')
    if (typeof kept === 'object' && kept !== null && !Array.isArray(kept)) return kept as Entries
  } catch {
    // Something else is kept under this name.
  }
  return {}
}
