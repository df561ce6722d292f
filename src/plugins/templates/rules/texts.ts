import type { Finding } from '../../../contract/diagnostic.ts'
import { dotted, quoted } from '../../../contract/fields/shown.ts'
import { isText } from '../manifest/files.ts'
import type { PlanStep, PromptSource } from '../manifest/plan-schema.ts'
import type { PlanView } from '../manifest/plan-view.ts'
import { promptText } from '../manifest/prompt-text.ts'
import { makeFinding } from './catalogue.ts'
import { checkText } from './placeholders.ts'
import { type PlanSize, startWalk, type TextWalk, toPlace } from './text-walk.ts'
import { checkWhen } from './when.ts'

/**
 * Checks prompts, inputs and conditions: what they read from parameters and other steps.
 * @returns their size
 */
export function checkStepTexts(plan: PlanView, secrets: ReadonlySet<string>, findings: Finding[]): PlanSize {
  const [first] = plan.steps
  if (first === undefined) return { characters: 0, placeholders: 0 }
  const walk = startWalk(plan, first, secrets, findings)
  let complete = true
  for (let index = 0; index < plan.steps.length; index++) {
    walk.step = plan.steps[index] as PlanStep
    walk.trail = [index]
    complete = checkStep(walk, walk.step) && complete
  }
  // A prompt that could not be read may use parameters that no other text uses.
  if (complete) checkUnused(walk)
  return walk.size
}

/**
 * Checks the texts of a step.
 * @returns false if the text of a prompt is not available
 */
function checkStep(walk: TextWalk, { prompt, inputs, when, rollback }: PlanStep): boolean {
  let complete = checkPrompt(walk, prompt)
  if (inputs !== undefined) checkInside(walk, 'inputs', inputs)
  if (when !== undefined) {
    walk.trail.push('when')
    checkWhen(walk, when)
    walk.trail.pop()
  }
  if (rollback === undefined) return complete
  walk.trail.push('rollback')
  walk.undoes = true
  complete = checkPrompt(walk, rollback.prompt) && complete
  if (rollback.inputs !== undefined) checkInside(walk, 'inputs', rollback.inputs)
  walk.undoes = false
  walk.trail.pop()
  return complete
}

function checkPrompt(walk: TextWalk, prompt: PromptSource | undefined): boolean {
  if (prompt === undefined) return true
  walk.trail.push('prompt')
  const text = promptText(prompt, walk.plan.definition)
  if (typeof prompt !== 'string') checkInside(walk, 'text', prompt.text)
  else if (text === undefined) checkPath(walk, prompt)
  else {
    walk.path = prompt
    walk.isFirst = !walk.fileTexts.has(prompt)
    checkText(walk, text)
    walk.path = undefined
    walk.isFirst = true
  }
  walk.trail.pop()
  return text !== undefined
}

/** Reports a path that does not lead to a text. The core reports a missing file. */
function checkPath(walk: TextWalk, path: string): void {
  const place = toPlace(walk)
  const label = `${dotted(place.pointer ?? [])} ${quoted(path)}`
  if (path.startsWith('assets/'))
    walk.findings.push(
      makeFinding(
        'NOFX_PROMPT_ASSET',
        place,
        `${label} is an asset, not a text`,
        `move it to prompts/${walk.step.id}.md`,
      ),
    )
  else if (isText(path, walk.plan.definition))
    walk.findings.push(
      makeFinding(
        'NOFX_PROMPT_INLINE',
        place,
        `${label} is not a file path`,
        'write { "text": "…" } around a text, or name a file such as "prompts/ask.md"',
      ),
    )
}

function checkInside(walk: TextWalk, key: string | number, value: unknown): void {
  walk.trail.push(key)
  if (typeof value === 'string') checkText(walk, value)
  else if (Array.isArray(value))
    for (let index = 0; index < value.length; index++) checkInside(walk, index, value[index])
  else if (typeof value === 'object' && value !== null)
    for (const inner of Object.keys(value)) {
      if (inner.startsWith('$') || inner.includes('{{')) addKeyFinding(walk, inner)
      checkInside(walk, inner, (value as Record<string, unknown>)[inner])
    }
  walk.trail.pop()
}

function addKeyFinding(walk: TextWalk, key: string): void {
  const { file, pointer = [] } = toPlace(walk)
  walk.findings.push(
    makeFinding(
      'NOFX_STEP_INPUT',
      { file, pointer: [...pointer, key], key: true },
      key.startsWith('$')
        ? `the key ${quoted(key)} of an input starts with "$"`
        : `the key ${quoted(key)} of an input has a placeholder, which is not filled in there`,
      'choose another key',
    ),
  )
}

function checkUnused({ plan, parameters, used, findings }: TextWalk): void {
  for (const name of parameters)
    if (!used.has(name))
      findings.push(
        makeFinding(
          'NOFX_PARAMETER_UNUSED',
          { file: plan.definition.manifestPath, pointer: ['parameters', 'properties', name], key: true },
          `the parameter ${quoted(name)} is not used by any step`,
          `use {{parameters.${name}}}, or remove it`,
        ),
      )
}
