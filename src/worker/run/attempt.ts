import { mkdirSync } from 'node:fs'
import { Failure } from '../../contract/failure.ts'
import { completeInputs, completeText } from '../../plugins/templates/instantiate/run-time-text.ts'
import type { WorkerRevision } from '../connection/definition.ts'
import type { ResolveHost } from '../mcp/addresses.ts'
import { readMcpServers } from '../mcp/read-servers.ts'
import { type ResolvedMcp, resolveMcp } from '../mcp/resolve-mcp.ts'
import { type BridgeProgram, writeMcpSettings } from '../mcp/write-settings.ts'
import { fillCommandLine, mentions } from './command-line.ts'
import { checkOutputs, OUTPUT_BYTES, type ReadOutputs, readOutputFile, readStdout } from './outputs.ts'
import { removePrivate } from './private-folder.ts'
import { lookupIn, outputNames } from './references.ts'
import type { RunInputs } from './run-inputs.ts'
import { type ProcessEnd, runProcess } from './run-process.ts'
import { runnerEnv } from './runner-env.ts'
import type { RunEvent, RunProgress, StepTask } from './schedule.ts'
import { type Assignment, type StepFiles, taskText, writeStepFiles } from './step-files.ts'
import type { WhyDisabled } from './switches.ts'

/** What all attempts of a run share. */
export interface Workshop {
  runId: string
  inputs: RunInputs
  /** The runner's command line, as words with placeholders. */
  runner: readonly string[]
  /** The folder that runners work in, and in which a run keeps its files. */
  workdir: string
  env: NodeJS.ProcessEnv
  /** Values of secret parameters, and the environment variables that they came from. */
  secrets: Readonly<Record<string, unknown>>
  secretVariables: readonly string[]
  mcp: { bridge: BridgeProgram; lookup: ResolveHost; variables: Readonly<Record<string, string>> }
  graceMs: number
  kill?: AbortSignal
  signal: AbortSignal
  /** Replaces secrets in a value that is stored or shown. */
  redact<T>(value: T): T
  /** Shows a line about a task to the user. */
  say(task: StepTask, line: string): void
  spawned(task: StepTask, pid: number): void
  /** Asked before an attempt: a definition that an operator disabled is not started. */
  whyDisabled?: WhyDisabled
}

/**
 * Runs one attempt of a task to its end, in a new temporary folder. A failing runner is a result, never a throw.
 */
export async function attemptTask(
  shop: Workshop,
  progress: RunProgress,
  { task, attempt, folder }: { task: StepTask; attempt: number; folder: string },
): Promise<RunEvent> {
  mkdirSync(folder, { mode: 0o700 })
  const began = performance.now()
  try {
    const assignment = assign(shop, progress, task, attempt)
    const disabled = await disabledIn(shop, assignment)
    if (shop.signal.aborted) return { type: 'cut', task }
    if (disabled !== undefined) return { type: 'failed', task, ms: since(began), error: disabled }
    const files = writeStepFiles(folder, assignment)
    const end = await start(shop, assignment, files, await mcpFile(shop, assignment.agent, folder))
    if (shop.signal.aborted) return { type: 'cut', task }
    const { ms } = end
    const read = shop.redact(conclude(shop, assignment, files, end))
    return 'outputs' in read
      ? { type: 'done', task, ms, outputs: read.outputs }
      : { type: 'failed', task, ms, error: read.problem }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { type: 'failed', task, ms: since(began), error: error.message }
  } finally {
    discard(folder)
  }
}

const since = (began: number): number => Math.round(performance.now() - began)

/** Why the agent may not work; a step also needs its template enabled, and what undoes a step does not. */
async function disabledIn({ whyDisabled, inputs }: Workshop, { task, agent }: Assignment) {
  const used = task.undo ? [agent] : [agent, inputs.source]
  const reasons = await Promise.all(used.map((one) => whyDisabled?.(one)))
  return reasons.find((reason) => reason !== undefined)
}

/** Removes a folder. What cannot be removed now is removed with the folder above it. */
function discard(folder: string): void {
  try {
    removePrivate(folder)
  } catch {
    // The runner may have taken away the permission to remove the folder.
  }
}

function assign(shop: Workshop, progress: RunProgress, task: StepTask, attempt: number): Assignment {
  const { runId, inputs } = shop
  const { document, planId, agents } = inputs
  const step = document.steps.find(({ id }) => id === task.step)
  const work = task.undo ? document.rollback.find((one) => one.step === task.step) : step
  const agent = agents[work?.agentId ?? '']
  if (!step || !work || !agent) throw new Failure('CONFLICT', 'the plan has no such task', 'make a new plan')
  const lookup = lookupIn(progress, shop.secrets)
  const expected = document.expectedOutputs.filter(({ fromStep }) => fromStep === step.id)
  return {
    runId,
    planId,
    task,
    attempt,
    name: task.undo ? `Undo: ${step.name}` : step.name,
    agent,
    prompt: completeText(work.prompt, lookup),
    inputs: completeInputs(work.inputs, lookup),
    expectedOutputs: task.undo ? [] : expected,
  }
}

/** Writes `mcp.json`, unless the runner's command line does not use it: then MCP servers are not resolved either. */
async function mcpFile(shop: Workshop, agent: WorkerRevision, folder: string): Promise<string> {
  if (!mentions(shop.runner, 'mcpFile')) return ''
  return writeMcpSettings(folder, await resolveAgent(shop, agent), shop.mcp.bridge)
}

/**
 * Checks, before anything begins, that the environment has what every agent of a plan needs.
 * @throws Failure as `resolveMcp`
 */
export async function checkAgents(shop: Pick<Workshop, 'runner' | 'inputs' | 'env' | 'mcp'>): Promise<void> {
  if (!mentions(shop.runner, 'mcpFile')) return
  for (const agent of Object.values(shop.inputs.agents)) await resolveAgent(shop, agent)
}

function resolveAgent(
  { env, mcp }: Pick<Workshop, 'env' | 'mcp'>,
  agent: WorkerRevision,
): Promise<ResolvedMcp> {
  const { lookup, variables } = mcp
  const draft = agent.manifest.status === 'draft'
  return resolveMcp(readMcpServers(agent), { env: { ...env }, lookup, draft, variables })
}

async function start(
  shop: Workshop,
  assignment: Assignment,
  files: StepFiles,
  mcpPath: string,
): Promise<ProcessEnd> {
  const { runner, workdir, inputs, graceMs, signal, kill } = shop
  const { task, agent } = assignment
  const context = { ...files, mcpFile: mcpPath, step: task.step, agent: agent.id, workdir }
  return runProcess({
    argv: fillCommandLine(runner, context),
    cwd: workdir,
    env: runnerEnv(shop.env, agent, Object.values(inputs.agents), shop.secretVariables),
    stdin: taskText(assignment),
    timeoutMs: inputs.document.steps.find(({ id }) => id === task.step)?.timeoutMs ?? 0,
    graceMs,
    signal,
    kill,
    capBytes: OUTPUT_BYTES,
    onSpawn: (pid) => shop.spawned(task, pid),
  })
}

/** The result of an attempt. */
function conclude(shop: Workshop, assignment: Assignment, files: StepFiles, end: ProcessEnd): ReadOutputs {
  // Redact before the text is shortened: half of a secret would not be recognised.
  const problem = processProblem({ ...end, tail: shop.redact(end.tail) })
  if (problem !== undefined) return { problem }
  const { task } = assignment
  if (task.undo) return { outputs: {} }
  const toFile = mentions(shop.runner, 'outputFile')
  if (end.dropped > 0 && !toFile)
    shop.say(task, `printed ${end.dropped} bytes beyond the ${OUTPUT_BYTES} that are kept`)
  const { document } = shop.inputs
  const read = toFile
    ? readOutputFile(files.outputFile)
    : readStdout(end.stdout, end.dropped, outputNames(document, task.step))
  const expected = document.expectedOutputs.filter(({ fromStep }) => fromStep === task.step)
  return 'problem' in read ? read : checkOutputs(read.outputs, expected, shop.workdir)
}

function processProblem(end: ProcessEnd): string | undefined {
  const { spawnError, timedOut, signal, exit, ms, tail, isCut } = end
  if (spawnError !== undefined) return `the runner cannot be started (${spawnError})`
  if (timedOut) return `no end within ${ms} ms`
  if (exit === 0) return undefined
  const lines = tail.trimEnd().split('\n')
  // A line whose beginning was cut off may begin with half of a secret.
  const lastLine = isCut && lines.length === 1 ? '' : (lines.at(-1) ?? '').slice(0, 300)
  return `${exit === null ? `ended by ${signal}` : `exit status ${exit}`}${lastLine ? `: ${lastLine}` : ''}`
}
