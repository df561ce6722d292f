import { quoted } from '../../../contract/fields/shown.ts'
import { nearest } from '../../../contract/text/nearest.ts'
import { hasOutput, listOutputs } from '../manifest/declared.ts'
import { type OutputPlaceholder, type Placeholder, readPlaceholders } from '../manifest/placeholders.ts'
import { makeFinding } from './catalogue.ts'
import { type ReadPlaceholders, type TextWalk, toPlace } from './text-walk.ts'

/** The hint for braces that were not meant as a placeholder. */
const ESCAPE = 'or \\{{ for plain braces'

/** Checks the placeholders of the walk's current text. */
export function checkText(walk: TextWalk, text: string): void {
  walk.size.characters += text.length
  if (!text.includes('{{')) return
  const { placeholders, broken } = readAt(walk, text)
  walk.size.placeholders += placeholders.length
  for (const placeholder of placeholders) checkPlaceholder(walk, placeholder)
  if (!walk.isFirst) return
  for (const { source, index } of broken)
    walk.findings.push(
      makeFinding(
        'NOFX_PLACEHOLDER_INVALID',
        toPlace(walk, index),
        `${source} is not a placeholder`,
        hintFor(walk, source),
      ),
    )
}

/** The older layout wrote a parameter's name alone. */
function hintFor({ parameters }: TextWalk, source: string): string {
  const name = source.replace(/^\{\{\s*|\s*\}\}$/g, '')
  return parameters.includes(name)
    ? `write {{parameters.${name}}}`
    : `write {{parameters.<name>}} or {{steps.<step>.outputs.<name>}}, ${ESCAPE}`
}

/** Results for short texts: "{{parameters.repo}}" is an input in many steps and many templates. */
const shortTexts = new Map<string, ReadPlaceholders>()
const MOST_KEPT = 512
const SHORT = 256

/** Reads a text once: a file once for all steps that share it, a short text as long as the cache has room. */
function readAt({ path, fileTexts }: TextWalk, text: string): ReadPlaceholders {
  const key = path ?? text
  const memory: Map<string, ReadPlaceholders> = path === undefined ? shortTexts : fileTexts
  let read = memory.get(key)
  if (read !== undefined) return read
  read = readPlaceholders(text)
  if (path === undefined && text.length > SHORT) return read
  if (memory === shortTexts && shortTexts.size >= MOST_KEPT) shortTexts.clear()
  memory.set(key, read)
  return read
}

/** Checks that a placeholder names a parameter, or an output of a step that is done before the step that reads it. */
export function checkPlaceholder(walk: TextWalk, placeholder: Placeholder): void {
  if (placeholder.from === 'steps') {
    checkOutput(walk, placeholder)
    return
  }
  const { name, source, index } = placeholder
  if (walk.parameters.includes(name)) walk.used.add(name)
  else if (walk.isFirst) {
    const near = nearest(name, walk.parameters)
    walk.findings.push(
      makeFinding(
        'NOFX_PLACEHOLDER_PARAMETER',
        toPlace(walk, index),
        `${source} does not name a declared parameter`,
        near ? `write {{parameters.${near}}}` : `add ${quoted(name)} to parameters.properties, ${ESCAPE}`,
      ),
    )
  }
}

function checkOutput(walk: TextWalk, placeholder: OutputPlaceholder): void {
  const { step, output, source, index } = placeholder
  const { plan, findings, isFirst } = walk
  if (!plan.byId.has(step)) {
    if (!isFirst) return
    const near = nearest(step, plan.byId.keys())
    findings.push(
      makeFinding(
        'NOFX_PLACEHOLDER_STEP',
        toPlace(walk, index),
        `${source} does not name a step of the plan`,
        near ? `write {{steps.${near}.outputs.${output}}}` : `name a step of the plan, ${ESCAPE}`,
      ),
    )
    return
  }
  checkOrder(walk, placeholder)
  if (!isFirst || hasOutput(plan, step, output)) return
  const near = nearest(output, listOutputs(plan, step))
  findings.push(
    makeFinding(
      'NOFX_PLACEHOLDER_OUTPUT',
      toPlace(walk, index),
      `${source} does not name an output of the step ${step}`,
      near
        ? `write {{steps.${step}.outputs.${near}}}`
        : `add ${quoted(output)} to "outputs" of the step ${step}, or to expectedOutputs`,
    ),
  )
}

function checkOrder(walk: TextWalk, { step, source, index }: OutputPlaceholder): void {
  const { plan, findings, undoes } = walk
  const reader = walk.step.id
  if (plan.cycle || (undoes && step === reader) || plan.isBefore(step, reader)) return
  const addFinding = (message: string, hint: string) =>
    void findings.push(makeFinding('NOFX_PLACEHOLDER_ORDER', toPlace(walk, index), message, hint))
  if (step === reader)
    addFinding(`${source} is read by the step that makes it`, 'name a step that is done before')
  else if (plan.isBefore(reader, step))
    addFinding(
      `${source} is read by the step ${reader}, which is done before ${step}`,
      `name a step that is done before ${reader}, or let ${step} run first`,
    )
  else
    addFinding(
      `${source} is read by the step ${reader}, which does not wait for ${step}`,
      `add ${quoted(step)} to "dependsOn" of the step ${reader}`,
    )
}
