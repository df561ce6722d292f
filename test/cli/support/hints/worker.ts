import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockPlan } from '../../../../src/worker/lock-plan.ts'
import { type Hint, hintOf } from '../follow-hint.ts'
import type { Follower } from '../follower.ts'
import { templateFiles } from './registry.ts'

const MAKES = `echo '{"made": "well"}' > "$2"`

/** A runner of steps, in a folder whose name a shell would split. */
function runner(person: Follower, script: string): string {
  person.project.write({ "Ada's tools/runner.sh": script })
  return `"sh \\"Ada's tools/runner.sh\\" {step} {outputFile}"`
}

async function planOf(person: Follower, template: string): Promise<string> {
  return JSON.parse(await person.does(`nofx templates instantiate ${template} --json`)).data.planId
}

async function publishTemplate(person: Follower, id: string, rest: object = {}): Promise<void> {
  await person.publishes(`${id}-doer`, 'First.\n')
  const [[path, manifest]] = Object.entries(templateFiles(id, `${id}-doer`)) as [[string, object]]
  person.project.write({ [path]: { ...manifest, ...rest } }).commit()
  await person.does(`nofx registry publish templates/${id}`)
}

const start = async (person: Follower, template: string, script: string) =>
  `nofx worker run --plan ${await planOf(person, template)} --runner ${runner(person, script)}`

export const WORKER_HINTS: Hint[] = [
  {
    sites: ['src/worker/run/run-inputs.ts: nofx templates instantiate <template><value>'],
    shown: (person) => person.fails('nofx worker run --plan nothing --runner true'),
    put: { '<template>': 'triage' },
  },
  {
    sites: ['src/worker/run/run-inputs.ts: nofx templates instantiate <template>'],
    shown: async (person) => {
      await publishTemplate(person, 'dated')
      const line = await start(person, 'dated', MAKES)
      await person.publishes('dated-doer', 'Second.\n')
      await person.does('nofx registry withdraw agents/dated-doer --version v1 --reason leak')
      return person.fails(line)
    },
    put: { '<template>': 'dated' },
    after: async (person) => person.does(await start(person, 'dated', MAKES)),
  },
  {
    sites: ['src/worker/run/switches.ts: nofx registry history <value>'],
    shown: async (person) => {
      await publishTemplate(person, 'stopped')
      const line = await start(person, 'stopped', MAKES)
      await person.does('nofx registry disable agents/stopped-doer --reason x')
      return person.fails(line)
    },
  },
  {
    sites: ['src/worker/run/run-failure.ts: nofx worker run'],
    shown: async (person) => person.fails(await start(person, 'triage', 'exit 3')),
    first: (person) => runner(person, MAKES),
  },
  {
    sites: ['src/worker/run/progress-lines.ts: nofx worker run --resume <value><value>'],
    shown: async (person) => {
      const steps = [{ id: 'look', agentId: 'gated-doer', prompt: { text: 'Look.' }, approval: 'manual' }]
      await publishTemplate(person, 'gated', { defaultPlan: { steps } })
      return (await person.type(await start(person, 'gated', MAKES))).text
    },
  },
  {
    sites: ['src/worker/run/journal.ts: nofx worker run --plan <planId> --runner <command>'],
    shown: async (person) => {
      const runs = join(person.project.root, '.nofx/runs')
      await person.fails(await start(person, 'triage', 'exit 3'))
      const [run = ''] = readdirSync(runs)
      writeFileSync(join(runs, run, 'journal.jsonl'), 'not a line\n')
      return person.fails(`nofx worker run --resume ${run}`)
    },
    first: (person) => runner(person, MAKES),
    put: {
      '<planId>': (person) => planOf(person, 'triage'),
      '<command>': `"sh \\"Ada's tools/runner.sh\\" {step} {outputFile}"`,
    },
  },
  {
    sites: ['src/worker/lock-plan.ts: nofx templates instantiate <template> --json'],
    shown: () => hintOf(lockPlan({}, {} as never)),
    put: { '<template>': 'triage' },
  },
]
