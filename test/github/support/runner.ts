import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'yaml'
import { embeddedTemplate } from '../../harness/embedded-template.ts'
import { type Contexts, fillIn, holds, type Status } from './expressions.ts'
import { standIn } from './other-actions.ts'
import { programOf } from './resident-program.ts'
import { runScript } from './script.ts'

export interface Step {
  id?: string
  name?: string
  if?: string
  uses?: string
  run?: string
  with?: Record<string, unknown>
  env?: Record<string, unknown>
  'working-directory'?: string
  'continue-on-error'?: boolean
}

export interface Job {
  if?: string
  needs?: string | string[]
  permissions?: Record<string, string>
  steps: Step[]
}

/** A run of a workflow for one event. */
export interface Run {
  /** Where checkouts come from, and the commit and ref that they are of when a step does not say. */
  remote: string
  sha: string
  ref: string
  /** The folder of the machine: workspaces, artifacts, files of steps. */
  temp: string
  /** The socket of what runs the commands of nofx. */
  programs: string
  env: Record<string, string>
  contexts: Contexts
  /** How the jobs went that are done. */
  results: Record<string, string>
  /** All that steps printed, and the Markdown that they left for the page of the run. */
  log: string
  summary: string
}

/** What a step works with: the run, in a workspace of the job. */
export interface Place extends Run {
  workspace: string
  say(log: string, summary?: string): void
}

export type Outputs = Record<string, string>

export interface Ended {
  ok: boolean
  outputs: Outputs
}

/** This repository's folder: the action's, wherever the job's checkout is. */
export const ROOT = resolve('.')
const ACTION = parse(readFileSync('action.yml', 'utf8'))

/**
 * Runs the jobs of a workflow one after the other, as they stand in the file.
 * @param assumed jobs that are taken as done
 */
export async function runWorkflow(run: Run, file: string, assumed: readonly string[] = []): Promise<void> {
  const { jobs } = parse(readFileSync(`.github/workflows/${file}`, 'utf8')) as { jobs: Record<string, Job> }
  for (const [name, job] of Object.entries(jobs))
    run.results[name] = assumed.includes(name) ? 'success' : await runJob(run, job)
}

async function runJob(run: Run, job: Job): Promise<string> {
  const needs = [job.needs ?? []].flat()
  const before = needs.every((need) => run.results[need] === 'success') ? 'success' : 'failure'
  const named = needs.map((need) => [need, { result: run.results[need] }])
  const contexts = { ...run.contexts, needs: Object.fromEntries(named), runner: { temp: run.temp } }
  if (!holds(job.if, contexts, before)) return 'skipped'
  const env = { ...run.env }
  if (job.permissions?.['id-token'] !== 'write') delete env.ACTIONS_ID_TOKEN_REQUEST_URL
  const workspace = mkdtempSync(join(run.temp, 'workspace-'))
  const say = (log: string, summary = '') => {
    run.log += log
    run.summary += summary
  }
  return (await runSteps({ ...run, env, contexts, workspace, say }, job.steps)).status
}

/** Runs steps in turn: after one that fails, only those that ask for it. */
async function runSteps(place: Place, list: readonly Step[]) {
  const done: Record<string, { outputs: Outputs }> = {}
  let status: Status = 'success'
  for (const step of list) {
    const contexts = { ...place.contexts, steps: done }
    if (!holds(step.if, contexts, status)) continue
    const { ok, outputs } = await runStep({ ...place, contexts }, step)
    if (step.id) done[step.id] = { outputs }
    if (!ok && !step['continue-on-error']) status = 'failure'
  }
  return { status, done }
}

async function runStep(place: Place, step: Step): Promise<Ended> {
  const filled = Object.entries(step.with ?? {}).map(([key, value]) => [key, fillIn(value, place.contexts)])
  const given = Object.fromEntries(filled)
  if (step.uses === './') return runAction(place, given)
  if (step.uses) return { ok: standIn(step.uses, given, place), outputs: {} }
  if (step.run === 'npm ci') return { ok: (await placeProgram(place)) && placeBuilt(place), outputs: {} }
  if (step.run === 'npm ci --omit=dev --ignore-scripts') return { ok: await placeProgram(place), outputs: {} }
  return runScript(place, step)
}

/** The composite action of this repository. */
async function runAction(place: Place, given: Outputs): Promise<Ended> {
  const stray = Object.keys(given).filter((key) => !(key in ACTION.inputs))
  if (stray.length) throw new Error(`action.yml has no input ${stray.join()}`)
  const named = Object.entries<{ default?: string }>(ACTION.inputs).map(([key, input]) => [
    key,
    given[key] ?? fillIn(input.default ?? '', place.contexts),
  ])
  const contexts = { ...place.contexts, inputs: Object.fromEntries(named) }
  const { status, done } = await runSteps({ ...place, contexts }, ACTION.runs.steps)
  const outputs = Object.entries<{ value: string }>(ACTION.outputs).map(([key, { value }]) => [
    key,
    fillIn(value, { steps: done }),
  ])
  return { ok: status === 'success', outputs: Object.fromEntries(outputs) }
}

/** What scripts make of a checkout: nofx, built. */
function placeBuilt({ workspace }: Place): boolean {
  mkdirSync(join(workspace, 'dist'))
  writeFileSync(join(workspace, 'dist/nofx.cjs'), '')
  writeFileSync(join(workspace, 'oclif.manifest.json'), '{}')
  return true
}

/**
 * What an installation makes of a checkout: the program, which needs what was built beside it. Where it makes an embedded
 * cloud, that is a copy, which is cheaper.
 */
async function placeProgram({ workspace, programs }: Place): Promise<boolean> {
  const script = `
    for (const built of ['../dist/nofx.cjs', '../oclif.manifest.json'])
      if (!require('node:fs').existsSync(require('node:path').join(__dirname, built))) throw new Error(built + ' is missing')
    const { cpSync, existsSync } = require('node:fs')
    const local = process.argv[2] === 'registry' && !process.env.SUPABASE_URL && !existsSync('.nofx')
    if (local) cpSync(${JSON.stringify(await embeddedTemplate())}, '.nofx', { recursive: true, preserveTimestamps: true })
    ${programOf(programs)}`
  writeFileSync(join(workspace, 'bin/run.js'), script)
  return true
}
