import type { Pointer } from '../../../contract/diagnostic.ts'

/** Where the part is that a rule looks at, and whether the definition is a draft. */
export interface RulePlace {
  file: string
  at: Pointer
  draft: boolean
}
