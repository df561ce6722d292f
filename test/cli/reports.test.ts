import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const AGENTS = 'packages/shared/agents'
const BAD = { owner: 'no owner' }
/** The variables that GitHub sets for a job of a pull request. */
const PULL = { GITHUB_REF: 'refs/pull/12/merge', GITHUB_HEAD_REF: 'fix/typo' }

describe('reports', () => {
  let project: PostgresProject
  const list = async (...words: string[]) =>
    (await project.run('reports', 'list', ...words, '--json')).json.data.reports
  const reportsOf = (...words: string[]) => project.run('reports', ...words)
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('good')).write(agentFiles('new')).commit()
    await project.run('registry', 'publish', '--only', 'good')
  })
  afterAll(() => project.remove())

  it('an accepted publish stores a report, with its release', async () => {
    const [first] = await list()
    expect(first).toMatchObject({
      origin: 'publish',
      verdict: 'accepted',
      actor: 'test@example.com',
      commit: { sha: project.git('rev-parse', 'HEAD').trim(), ref: 'main' },
      counts: { definitions: 1, errors: 0 },
      outcomeCounts: { added: 1 },
    })
    const { exit, stdout } = await reportsOf('show', first.id)
    expect({ exit, stdout }).toMatchObject({ exit: 0, stdout: expect.stringContaining(first.releaseId) })
  })

  it('a validation stores a report also without findings, with its changes and its manifest', async () => {
    const { exit, stderr, json } = await project.runWith({ env: PULL }, 'validate', '--report', '--json')
    expect({ exit, stderr, report: json.data.report.kept }).toEqual({ exit: 0, stderr: '', report: true })
    const [newest] = await list('--limit', '1')
    expect(newest).toMatchObject({
      id: json.data.report.id,
      origin: 'validate',
      verdict: 'accepted',
      commit: { ref: 'fix/typo' },
      pullRequest: 12,
      counts: { definitions: 2, errors: 0, warnings: 0 },
      outcomeCounts: { added: 1, unchanged: 1 },
    })
    const shown = await reportsOf('show', newest.id.slice(0, 8), '--manifests', '--json')
    expect(shown.json.data.manifests).toEqual([
      {
        kind: 'agents',
        id: 'new',
        change: 'added',
        file: 'agent.json',
        text: expect.stringContaining('"agentId": "new"'),
      },
    ])
  })

  it('collaborators can read stored findings in every format of validate', async () => {
    project.write(agentFiles('good', BAD)).write({ [`${AGENTS}/new/notes.txt`]: 'x' })
    const validated = await project.run('validate', '--report', '--strict')
    expect(validated).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/Report kept; see: nofx reports show/),
    })
    const [{ id, verdict, counts, outcomeCounts }] = await list('--verdict', 'refused')
    expect({ verdict, counts, outcomeCounts }).toEqual({
      verdict: 'refused',
      counts: { definitions: 2, errors: 1, warnings: 1 },
      outcomeCounts: { added: 1, updated: 1 },
    })
    const shown = await reportsOf('show', id)
    const findings = validated.stdout.split('\n').slice(0, 4).join('\n')
    expect({ exit: shown.exit, found: shown.stdout.includes(findings) }).toEqual({ exit: 0, found: true })
    expect(shown.stdout).toMatch(/^[0-9a-f-]{36} {2}validate refused/)
    for (const format of ['sarif', 'junit', 'github', 'markdown', 'json']) {
      const [ours, theirs] = [
        await project.run('validate', '--format', format),
        await reportsOf('show', id, '--format', format),
      ]
      const shown = [ours, theirs].map(({ stdout }) => (format === 'json' ? JSON.parse(stdout) : stdout))
      expect({ exit: theirs.exit, shown: shown[1] }).toEqual({ exit: 0, shown: shown[0] })
    }
  })

  it('a refused publish stores one report and one event', async () => {
    project.commit('bad')
    const before = await list()
    for (const _ of ['once', 'again']) {
      const { exit, stderr } = await project.run('registry', 'publish')
      expect({ exit, stderr }).toMatchObject({ exit: 1, stderr: expect.stringContaining('Report kept') })
    }
    const after = await list()
    expect(after).toHaveLength(before.length + 1)
    expect(after[0]).toMatchObject({
      origin: 'publish',
      verdict: 'refused',
      commit: { ref: 'main' },
      counts: { errors: 1 },
    })
    const dry = await project.run('registry', 'publish', '--dry-run', '--comment', 'comment.md')
    expect(dry).toMatchObject({ exit: 1, stderr: expect.not.stringContaining('Report kept') })
    expect(await list()).toEqual(after)
    const rows = await project.database.query(
      `select id from registry_events where type like '%.validation_failed'`,
    )
    expect(rows).toEqual([{ id: 'good' }])
  })

  it('a report contains no manifest with a secret, and counts the findings that it leaves out', async () => {
    const secret = `sb_secret_${'a1B2'.repeat(8)}`
    project.write(agentFiles('leaks', { description: `Uses ${secret} for all of its work.` }))
    const files = Array.from({ length: 1100 }, (_, index) => [`${AGENTS}/many/notes/${index}.txt`, 'x'])
    project.write(agentFiles('many')).write(Object.fromEntries(files))
    const { exit, json } = await project.run('validate', '--report', '--json')
    expect({ exit, kept: json.data.report.kept }).toEqual({ exit: 1, kept: true })
    const [{ id, counts }] = await list('--limit', '1')
    const found = json.diagnostics.length
    expect(counts.errors + counts.warnings).toBe(found)
    const { stdout } = await reportsOf('show', id)
    const left = found - (stdout.match(/ (error|warning) NOFX_/g)?.length ?? 0)
    expect({ left: left > 0, said: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      left: true,
      said: `… and ${left} more findings were counted and not kept`,
    })
    const manifests = (await reportsOf('show', id, '--manifests', '--json')).stdout
    expect({ secret: manifests.includes(secret), many: manifests.includes('"id": "many"') }).toEqual({
      secret: false,
      many: true,
    })
  })

  it('the npm scripts of validation store a report by themselves', async () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'))
    const kind = 'agents'
    expect(scripts['validate:templates']).toBe(scripts['validate:agents'].replace(kind, 'templates'))
    const words = scripts['validate:agents'].replace('node bin/run.js ', '').split(' ')
    await project.run(...words)
    const [{ origin, counts }] = await list('--limit', '1')
    const { json } = await project.run('validate', kind, '--json')
    const { definitions } = json.data.counts
    expect({ origin, definitions: counts.definitions }).toEqual({ origin: 'validate', definitions })
    const env = { NOFX_DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none' }
    const before = await project.run('validate', kind)
    const offline = await project.runWith({ env }, ...words)
    expect(offline.exit).toBe(before.exit)
    expect(offline.stderr.match(/the report was not kept: REMOTE_FAILED/g)).toHaveLength(1)
  })

  it('an unreachable registry changes neither the verdict nor the exit status', async () => {
    const env = { NOFX_DATABASE_URL: 'postgres://nobody:none@127.0.0.1:1/none' }
    const { exit, stdout, stderr } = await project.runWith({ env }, 'validate', `${AGENTS}/new`, '--report')
    expect({ exit, stdout, stderr }).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('1 definition checked: 0 errors, 1 warning'),
      stderr: expect.stringMatching(/^warning: the report was not kept: REMOTE_FAILED /),
    })
    expect(stderr).not.toContain('none@')
  })

  it('a report id that matches none, or several, is refused', async () => {
    for (const ref of ['00000000', 'x', '%']) {
      const { exit, stderr } = await reportsOf('show', ref)
      expect({ exit, stderr }).toEqual({
        exit: 1,
        stderr: expect.stringMatching(/NOT_FOUND .*the report .* does not exist/),
      })
    }
  })
})
