import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { isError } from '../../../contract/diagnostic.ts'
import { parseShape } from '../../../contract/manifest/accept.ts'
import { parseJson } from '../../../contract/manifest/json-text.ts'
import { zodFindings } from '../../../contract/manifest/zod-findings.ts'
import { type PlanStep, plan } from './plan-schema.ts'
import type { TemplateDefinition } from './schema.ts'

/**
 * A template's steps and the place that they were read from. `steps` is empty if there are none or they cannot be
 * read.
 */
export interface ReadPlan {
  file: string
  /** The place of `steps` in `file`. */
  at: Pointer
  steps: readonly PlanStep[]
  /** Findings about the file itself. */
  findings: readonly Finding[]
}

/** Levels of nesting in a plan's file, the same as in a manifest. */
const LIMITS = { depth: 32 }
const INLINE: Pointer = ['defaultPlan', 'steps']
const IN_FILE: Pointer = ['steps']

/** The last result. Rules, lists and diffs ask about the same definition in turn, so its file is not parsed again. */
let last: { definition: TemplateDefinition; plan: ReadPlan } | undefined

/**
 * Reads the steps of a template, inline or from the file that the manifest names. The core reports a missing file.
 */
export function readPlan(definition: TemplateDefinition): ReadPlan {
  if (last?.definition !== definition) last = { definition, plan: read(definition) }
  return last.plan
}

function read(definition: TemplateDefinition): ReadPlan {
  const { defaultPlan } = definition.manifest
  const none = { file: definition.manifestPath, at: INLINE, steps: [], findings: [] }
  if (defaultPlan === undefined) return none
  if (typeof defaultPlan !== 'string') return { ...none, steps: defaultPlan.steps }
  const text = definition.texts.get(defaultPlan)
  if (text === undefined) return { ...none, file: defaultPlan, at: IN_FILE }
  return { file: defaultPlan, at: IN_FILE, ...parseFile(text, defaultPlan) }
}

function parseFile(text: string, file: string): Pick<ReadPlan, 'steps' | 'findings'> {
  const { value, findings } = parseJson(text, file, LIMITS)
  if (findings.some(isError)) return { steps: [], findings }
  const checked = parseShape(plan, value)
  if (checked.success) return { steps: checked.data.steps, findings }
  const schemaFindings = zodFindings(checked.error.issues, plan, value, file)
  return { steps: stepsAlone(value), findings: [...findings, ...schemaFindings.map(withPlace)] }
}

/** The steps of a file that is right but for fields beside them: rules on the steps are reported in the same round. */
function stepsAlone(value: unknown): readonly PlanStep[] {
  const { steps } = (value ?? {}) as { steps?: unknown }
  const checked = parseShape(plan, { steps })
  return checked.success ? checked.data.steps : []
}

/** The older layout kept a version and metadata beside the steps. */
function withPlace(finding: Finding): Finding {
  const { rule, pointer = [] } = finding
  const [field] = pointer
  if (rule !== 'NOFX_FIELD_UNKNOWN' || pointer.length !== 1 || typeof field !== 'string') return finding
  const hint =
    field === 'version'
      ? 'move "version" into the manifest'
      : `move ${field === 'metadata' ? 'what "metadata" holds' : JSON.stringify(field)} into "metadata" of the manifest`
  return { ...finding, hint }
}
