import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asText } from '../../plugins/templates/instantiate/run-time-text.ts'
import type { WorkerRevision } from '../connection/definition.ts'
import { collectPrompts } from '../prompts.ts'

/** The inputs of one attempt, with all placeholders filled in. */
export interface Assignment {
  runId: string
  planId: string
  task: { step: string; undo: boolean }
  attempt: number
  name: string
  agent: WorkerRevision
  prompt: string
  inputs: Record<string, unknown>
  expectedOutputs: readonly { id: string; type: string; required: boolean }[]
}

/** Paths of the files that a runner may use. */
export interface StepFiles {
  promptFile: string
  inputFile: string
  /** Does not exist yet: the runner may write it. */
  outputFile: string
}

/**
 * Writes an attempt's files into its private folder: the agent's system prompt, and a description of the step.
 * @throws Failure CONFIG when the prompt has a variable without a value
 */
export function writeStepFiles(folder: string, assignment: Assignment): StepFiles {
  const promptFile = join(folder, 'prompt.md')
  const inputFile = join(folder, 'input.json')
  const { agent, task, ...rest } = assignment
  const { id, version, digest, manifest } = agent
  const input = { ...rest, step: task.step, undo: task.undo, agent: { id, version, digest, ...manifest } }
  writePrivate(promptFile, systemPrompt(assignment))
  writePrivate(inputFile, `${JSON.stringify(input, null, 2)}\n`)
  return { promptFile, inputFile, outputFile: join(folder, 'output.json') }
}

/**
 * The text that a runner reads from stdin: the step's prompt, its inputs and the expected outputs, so that a program
 * that does not know NOFX can be a runner.
 */
export function taskText({ prompt, inputs, expectedOutputs }: Assignment): string {
  const parts = [prompt]
  if (Object.keys(inputs).length > 0)
    parts.push(`Inputs:\n\n\`\`\`json\n${JSON.stringify(inputs, null, 2)}\n\`\`\``)
  if (expectedOutputs.length > 0)
    parts.push(
      `Outputs:\n\n${expectedOutputs.map(({ id, type, required }) => `- ${id} (${type}${required ? '' : ', optional'})`).join('\n')}`,
    )
  return `${parts.join('\n\n')}\n`
}

/** The agent's system prompt; its variables take the step's inputs of the same names, else their defaults. */
function systemPrompt({ agent, inputs }: Assignment): string {
  const { system } = collectPrompts(agent)
  if (system === undefined) return ''
  const variables = system.variables.filter(({ name }) => Object.hasOwn(inputs, name))
  return system.render(Object.fromEntries(variables.map(({ name }) => [name, asText(inputs[name])])))
}

function writePrivate(path: string, content: string): void {
  writeFileSync(path, content, { mode: 0o600, flag: 'wx' })
}
