import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../../harness/postgres-project.ts'

const CORPUS = resolve('../shared/corpus/claude-plugins')
const present = existsSync(CORPUS)
if (!present) console.warn('skipped: the corpus of real agents and workflows (../shared/corpus) is not here')

/** An agent in the middle of the workflow. */
const AGENT = 'mlops-engineer'
const PROMPT = `packages/shared/agents/${AGENT}/prompts/system.md`
const MARK = 'Be brief, always.'

describe.skipIf(!present)('an imported workflow with its imported agents', () => {
  let project: PostgresProject
  const data = async (...words: string[]) => {
    const { exit, json, stderr } = await project.run(...words, '--json')
    if (exit !== 0) throw new Error(`${words.join(' ')}: ${JSON.stringify(json?.error)} ${stderr}`)
    return json.data
  }
  const path = (name: string) => join(project.root, name)
  const instantiate = () => data('templates', 'instantiate', 'ml-pipeline', '--param', 'arguments=churn')

  beforeAll(async () => {
    project = await PostgresProject.create()
    await data('import', 'claude', CORPUS, '--owner', '@acme/agents')
    project.commit('import')
    await data('registry', 'publish')
    project.write({ [PROMPT]: `${readFileSync(path(PROMPT), 'utf8')}\n${MARK}\n` }).commit('brief')
    await data('registry', 'publish')
  })
  afterAll(() => project.remove())

  it('a run uses the versions of its plan while an agent is rolled back, and the next plan uses the new head', async () => {
    project.write({
      'runner.sh': `
        touch begun; while [ ! -e go ]; do sleep 0.02; done
        cp "$3" "prompt-$1.md"; cat > "task-$1.md"
        echo "{\\"result\\": \\"$1 has read $(wc -c < "task-$1.md") bytes\\"}" > "$2"`,
    })
    const runner = 'sh runner.sh {agent} {outputFile} {promptFile}'
    const plan = await instantiate()
    expect(plan.agents).toHaveLength(7)
    const run = project.run(
      'worker',
      'run',
      '--plan',
      plan.planId,
      '--runner',
      runner,
      '--workdir',
      project.root,
    )
    while (!existsSync(path('begun'))) await sleep(10)
    await data('registry', 'rollback', 'agents', AGENT, '--to', '1', '--reason', 'too brief')
    writeFileSync(path('go'), '')
    const { exit, stdout, stderr } = await run
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: expect.stringContaining('done: 7 done') })
    expect(stderr).toContain(`${AGENT}: started by ${AGENT} v2`)
    const read = (name: string) => readFileSync(path(name), 'utf8')
    expect(read(`prompt-${AGENT}.md`)).toContain(MARK)
    expect(read('task-data-scientist.md')).toContain('data-engineer has read')

    const { planId, agents } = await instantiate()
    expect(agents.find(({ agentId }: { agentId: string }) => agentId === AGENT)).toMatchObject({ version: 3 })
    const words = ['worker', 'run', '--plan', planId, '--workdir', project.root]
    const next = await data(...words, '--runner', runner)
    expect([next.state, next.steps.length]).toEqual(['done', 7])
    expect(read(`prompt-${AGENT}.md`)).not.toContain(MARK)
  })
})
