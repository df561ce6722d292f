import { createContext } from 'preact'
import type { Field } from '../../model/plans/form-of-schema.ts'
import type { Entry } from '../../model/plans/value-of-form.ts'

/** A field of the form, and what stands in it. */
export interface FieldProps {
  field: Field
  /** Where the value stands, as the server's errors name it: `tags.from`, `labels[0]`. */
  path: string
  entry: Entry
  change: (entry: Entry) => void
}

/** What the server says about one value. */
export interface ValueFinding {
  field: string
  message: string
  hint?: string
}

/** What the server says about the values of a form. */
export const Findings = createContext<readonly ValueFinding[]>([])
