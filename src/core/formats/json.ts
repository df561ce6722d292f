import { inertJson } from '../printable.ts'
import type { Format } from './format.ts'

/** One JSON document: an array of the findings. */
export const formatJson: Format = (diagnostics) => inertJson(JSON.stringify(diagnostics, null, 2))
