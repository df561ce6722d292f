import { isObject } from '../../contract/is-object.ts'
import { nameOf } from '../../contract/name.ts'
import { parameterNames } from '../../plugins/templates/manifest/declared.ts'
import { inOrder } from '../../plugins/templates/manifest/order.ts'
import { splitText } from '../../plugins/templates/manifest/placeholders.ts'
import type { PlanStep } from '../../plugins/templates/manifest/plan-schema.ts'
import { promptText } from '../../plugins/templates/manifest/prompt-text.ts'
import { readPlan } from '../../plugins/templates/manifest/read-plan.ts'
import type { TemplateDefinition } from '../../plugins/templates/manifest/schema.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions, Written } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { withMatter } from '../texts/matter.ts'
import { toToml } from '../texts/toml.ts'

const ROWS = {
  id: { field: 'templateId', outcome: 'mapped', reason: 'the name of the file' },
  name: { field: 'name', outcome: 'mapped', reason: 'the title' },
  description: { field: 'description', outcome: 'mapped', reason: 'description' },
  parameters: {
    field: 'parameters',
    outcome: 'approximated',
    reason: 'required ones are in argument-hint, and all of them in the text: the client checks none',
  },
  plan: {
    field: 'defaultPlan',
    outcome: 'approximated',
    reason: 'numbered steps: conditions, retries, approvals and rollbacks are sentences',
  },
  parted: {
    field: 'defaultPlan',
    outcome: 'approximated',
    reason: 'a blank stands in what the client would run or fill in: --allow-effects leaves it as it is',
  },
  agents: { field: 'supportedAgents', outcome: 'approximated', reason: 'steps name their agent' },
  outputs: { field: 'expectedOutputs', outcome: 'approximated', reason: 'a list at the end' },
  rollback: { field: 'rollbackAdvice', outcome: 'approximated', reason: 'a paragraph at the end' },
  rest: { field: '*', outcome: 'dropped', reason: 'a command has no such field' },
} as const satisfies Record<string, FieldRow>

const BY_FIELD: Readonly<Record<string, FieldRow>> = {
  templateId: ROWS.id,
  name: ROWS.name,
  description: ROWS.description,
  parameters: ROWS.parameters,
  defaultPlan: ROWS.plan,
  supportedAgents: ROWS.agents,
  expectedOutputs: ROWS.outputs,
  rollbackAdvice: ROWS.rollback,
}

/** What becomes of each field of a template. */
export const COMMAND_ROWS: readonly FieldRow[] = Object.values(ROWS)

/** Where the file of a command lies. */
export const COMMAND_PLACE = 'commands/<id>.md'
/** The same for Gemini CLI. */
export const GEMINI_COMMAND_PLACE = 'commands/<id>.toml'

/** A client's commands. */
interface CommandForm {
  extension: string
  /** What the client replaces with the arguments. */
  arguments: string
  /** What the client would run or replace in a text of others. */
  active: RegExp
  render(fields: { description: string; hint: string | undefined }, body: string): string
}

const CLAUDE: CommandForm = {
  extension: '.md',
  arguments: '$ARGUMENTS',
  active: /!(?=`)|\$(?=ARGUMENTS|\d)/g,
  render: ({ description, hint }, body) => withMatter({ description, 'argument-hint': hint }, body),
}
const GEMINI: CommandForm = {
  extension: '.toml',
  arguments: '{{args}}',
  active: /[!@](?=\{)|\{(?=\{args\}\})/g,
  render: ({ description }, prompt) => toToml({ description, prompt }),
}

/** The `write` of templates as commands of Claude Code: the plan as steps that the client follows. */
export const writeCommands: NonNullable<ExchangeFormat['write']> = async (items, options) =>
  writeAll(items, CLAUDE, options)

/** The same as commands of Gemini CLI. */
export const writeGeminiCommands: NonNullable<ExchangeFormat['write']> = async (items, options) =>
  writeAll(items, GEMINI, options)

function writeAll(items: readonly ExportItem[], form: CommandForm, { allowEffects }: WriteOptions): Written {
  const pages = items.map((item) => noteFields(item))
  const files = items.map(({ definition }, at) => {
    const template = definition as TemplateDefinition
    const { kind, id, manifest } = template
    const required = requiredNames(template)
    const hint = required.length > 0 ? required.map((name) => `<${name}>`).join(' ') : undefined
    const texts = bodyParts(template)
    const [title, ...rest] = allowEffects ? texts : texts.map((text) => text.replace(form.active, '$& '))
    if ([title, ...rest].some((text, index) => text !== texts[index])) pages[at]?.note(ROWS.parted)
    const begin = parameterNames(manifest).length > 0 ? `The arguments are: ${form.arguments}` : ''
    const body = `${[title, begin, ...rest].filter((part) => part !== '').join('\n\n')}\n`
    const content = form.render({ description: manifest.description, hint }, body)
    return { path: `commands/${id}${form.extension}`, content, from: [{ kind, id }] }
  })
  return { files, findings: [], ledger: pages.flatMap(({ rows }) => rows) }
}

function noteFields({ definition }: ExportItem): LedgerPage {
  const page = new LedgerPage(nameOf(definition))
  for (const field of Object.keys(definition.manifest as object))
    page.note(BY_FIELD[field] ?? ROWS.rest, field)
  page.note(ROWS.rest, 'files')
  return page
}

function requiredNames({ manifest }: TemplateDefinition): string[] {
  const required = manifest.parameters?.required
  const names = Array.isArray(required) ? required : []
  return parameterNames(manifest).filter((name) => names.includes(name))
}

/** The paragraphs of a command, beside the one with its arguments. */
function bodyParts(template: TemplateDefinition): string[] {
  const { manifest } = template
  const steps = inOrder(readPlan(template).steps)
  return [
    `# ${manifest.name}`,
    parameterNames(manifest).length > 0 ? renderParameters(template) : '',
    steps.length > 0
      ? 'Follow these steps. Stop and report when one of them fails, unless it says otherwise.'
      : '',
    ...steps.map((step, index) => renderStep(template, step, index + 1)),
    renderOutputs(template),
    renderRollback(template),
  ]
}

function renderParameters(template: TemplateDefinition): string {
  const required = requiredNames(template)
  const { properties } = template.manifest.parameters ?? {}
  const lines = parameterNames(template.manifest).map((name) => {
    const schema = isObject(properties) ? properties[name] : undefined
    const about = isObject(schema) && typeof schema.description === 'string' ? `: ${schema.description}` : ''
    return `- \`${name}\`${required.includes(name) ? ', required' : ''}${about}`
  })
  return `Read from them these values, and ask for a required one that is missing:\n\n${lines.join('\n')}`
}

function renderStep(template: TemplateDefinition, step: PlanStep, number: number): string {
  const { agentId, skill, name = step.id } = step
  const doer = agentId
    ? ` with the agent \`${agentId}\``
    : skill
      ? ` with an agent that offers \`${skill}\``
      : ''
  const prompt = step.prompt === undefined ? undefined : promptText(step.prompt, template)
  const lines = [
    `${number}. **${name}**${doer}.${step.when === undefined ? '' : ` Only if this holds: ${fill(step.when)}.`}`,
    step.approval === 'manual' ? `Ask before it: may I do "${name}"? Wait for the answer.` : '',
    prompt === undefined ? '' : fill(prompt.trim()),
    step.inputs === undefined ? '' : `Inputs: ${fill(JSON.stringify(step.inputs))}`,
    step.retry === undefined ? '' : `Try it up to ${step.retry.maxAttempts} times.`,
    step.onFailure === 'continue' ? 'Go on if it fails.' : '',
    step.onFailure === 'rollback' ? 'If it fails, undo the steps before it, the last one first.' : '',
  ]
  return lines
    .filter((line) => line !== '')
    .join('\n\n')
    .replaceAll('\n', '\n   ')
    .replaceAll(/ +$/gm, '')
}

/** Placeholders as words: the client fills in none of them. */
function fill(text: string): string {
  return splitText(text)
    .map((part) => {
      if (typeof part === 'string') return part
      return part.from === 'parameters' ? `<${part.name}>` : `<${part.output} of the step ${part.step}>`
    })
    .join('')
}

function renderOutputs({ manifest }: TemplateDefinition): string {
  const { expectedOutputs = [] } = manifest
  const lines = expectedOutputs.map(
    ({ id, type, fromStep, description }) =>
      `- \`${id}\` (${type}) from the step ${fromStep}${description === undefined ? '' : `: ${description}`}`,
  )
  return lines.length > 0 ? `Report these results:\n\n${lines.join('\n')}` : ''
}

function renderRollback({ manifest: { rollbackAdvice: advice } }: TemplateDefinition): string {
  const text = typeof advice === 'string' ? advice : advice?.summary
  return text === undefined ? '' : `To undo a run: ${text}`
}
