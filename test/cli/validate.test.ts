import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agent, agentFiles, TestProject } from '../harness/project.ts'
import { each } from './support/commands.ts'

const AGENTS = 'packages/shared/agents'
const BAD = { owner: 'zz %, :zz' }
const FINDING = /^packages\/shared\/agents\/two\/agent\.json:5:12 error NOFX_FIELD_INVALID owner "zz %, :zz" /

describe('validate, by path', () => {
  let project: TestProject
  beforeAll(() => {
    project = new TestProject({}, { resident: true })
      .write(agentFiles('one'))
      .write(agentFiles('two'))
      .write(agentFiles('three'))
    project.write({ 'README.md': 'x', [`${AGENTS}/README.md`]: 'x' }).commit()
  })
  afterAll(() => project.remove())

  it.each<[what: string, cwd: string, paths: string[], checked: number]>([
    ['nothing: everything', '.', [], 3],
    ['a kind', '.', ['agents'], 3],
    ['a manifest', '.', [`${AGENTS}/one/agent.json`], 1],
    ['a prompt', '.', [`${AGENTS}/one/prompts/system.md`], 1],
    ['files of two', '.', [`${AGENTS}/one/agent.json`, `${AGENTS}/two/prompts/system.md`, 'README.md'], 2],
    ['files of one twice', '.', [`${AGENTS}/one/agent.json`, `${AGENTS}/one/prompts/system.md`], 1],
    ['a definition’s folder', '.', [`${AGENTS}/one`], 1],
    ['a definition’s folder with a slash', '.', [`${AGENTS}/one/`], 1],
    ['a folder in it', '.', [`${AGENTS}/one/prompts`], 1],
    ['the kind’s folder', '.', [AGENTS], 3],
    ['the definitions’ folder', '.', ['packages/shared'], 3],
    ['a folder above', '.', ['packages'], 3],
    ['the project', '.', ['.'], 3],
    ['a file outside', '.', ['README.md'], 0],
    ['a file beside the definitions', '.', [`${AGENTS}/README.md`], 0],
    ['a file outside of the project', '.', ['/etc/hostname'], 0],
    ['a deleted file outside', '.', ['docs/gone.md'], 0],
    ['a deleted file of a definition', '.', [`${AGENTS}/one/prompts/gone.md`], 1],
    ['a deleted definition that no other one requires', '.', [`${AGENTS}/gone/agent.json`], 0],
    ['a file, from the definition’s folder', `${AGENTS}/one`, ['prompts/system.md'], 1],
    ['a definition, from the kind’s folder', AGENTS, ['two'], 1],
    ['".", from the definition’s folder', `${AGENTS}/one`, ['.'], 1],
    ['"..", from the definition’s folder', `${AGENTS}/one`, ['..'], 3],
    ['nothing, from the definition’s folder: everything', `${AGENTS}/one`, [], 3],
  ])('validate can be given %s', async (_what, cwd, paths, checked) => {
    const { exit, json } = await project.runWith({ cwd }, 'validate', ...paths, '--json')
    const counts = { definitions: checked, errors: 0, warnings: 0 }
    expect({ exit, data: json.data }).toEqual({ exit: 0, data: { counts } })
  })

  it('validate accepts absolute paths', async () => {
    const path = join(project.root, AGENTS, 'two/agent.json')
    expect((await project.run('validate', path, '--json')).json.data.counts.definitions).toBe(1)
  })

  it.each([['templates'], ['templates', 'skills'], ['templates', '--report'], ['servers', '--strict']])(
    'validate passes where only other kinds have definitions, and says so: %s %s',
    async (...words) => {
      const kinds = words.filter((word) => !word.startsWith('-'))
      const { exit, stdout, stderr } = await project.run('validate', ...words)
      expect({ exit, stdout }).toEqual({ exit: 0, stdout: '0 definitions checked: 0 errors, 0 warnings\n' })
      expect(stderr).toContain(`note: there are no ${kinds.join(' or ')} in packages/shared\n`)
      const { json } = await project.run('validate', ...words, '--json')
      expect(json.data.counts).toEqual({ definitions: 0, errors: 0, warnings: 0 })
    },
  )

  it('validate refuses a word that is neither a kind nor a path, and names the kinds', async () => {
    const { exit, stderr } = await project.run('validate', 'robots', 'agents')
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringContaining('kinds are: servers, skills, agents'),
    })
  })
})

describe('validate, by git', () => {
  let project: TestProject
  const staged = async () => (await project.run('validate', '--staged', '--json')).json
  beforeAll(() => {
    project = new TestProject({}, { resident: true }).write(agentFiles('one')).write(agentFiles('two'))
    project.write(agentFiles('boss', { dependencies: { agents: ['one'] } })).commit()
  })
  afterAll(() => project.remove())

  it('validate --staged has nothing to check when nothing is staged', async () => {
    expect((await staged()).data).toEqual({ counts: { definitions: 0, errors: 0, warnings: 0 } })
  })

  it('validate --staged reads what is staged, not what is on disk', async () => {
    project.write(agentFiles('two', BAD)).git('add', '-A')
    project.write(agentFiles('two'))
    const { exit, stdout } = await project.run('validate', '--staged')
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: expect.stringMatching(FINDING) })
    expect((await project.run('validate')).exit).toBe(0)
    project.git('reset', '-q')
    project.write(agentFiles('two', BAD))
    expect((await staged()).data.counts.definitions).toBe(0)
    project.git('checkout', '-q', '.')
  })

  it('validate --staged sees a deletion: of a file that is named, of an agent that is required', async () => {
    project.git('rm', '-q', `${AGENTS}/two/prompts/system.md`)
    expect((await staged()).diagnostics).toMatchObject([{ rule: 'NOFX_FILE_MISSING', id: 'two' }])
    project.git('reset', '-q', '--hard')
    project.git('rm', '-qr', `${AGENTS}/one`)
    expect((await staged()).diagnostics).toMatchObject([{ rule: 'NOFX_REFERENCE_MISSING', id: 'boss' }])
    project.git('reset', '-q', '--hard')
  })

  it('validate --staged sees both sides of a move', async () => {
    mkdirSync(join(project.root, AGENTS, 'three'))
    project.git('mv', `${AGENTS}/two/prompts`, `${AGENTS}/three/prompts`)
    const found = (await staged()).diagnostics.map(
      ({ id, rule }: { id: string; rule: string }) => `${id} ${rule}`,
    )
    expect(found.sort()).toEqual(['three NOFX_MANIFEST_MISSING', 'two NOFX_FILE_MISSING'])
    project.git('reset', '-q', '--hard')
    rmSync(join(project.root, AGENTS, 'three'), { recursive: true, force: true })
  })

  it('validate --changed-since checks what differs from a ref: committed, edited and untracked', async () => {
    project.write({ [`${AGENTS}/two/prompts/system.md`]: 'You work well.\n' }).commit('two')
    project.write({ [`${AGENTS}/one/prompts/system.md`]: 'You work hard.\n' }).write(agentFiles('new'))
    const since = async (ref: string) =>
      (await project.run('validate', '--changed-since', ref, '--json')).json.data.counts.definitions
    // "boss" requires "one".
    expect([await since('HEAD~1'), await since('HEAD')]).toEqual([4, 3])
    project.git('checkout', '-q', '.')
    rmSync(join(project.root, AGENTS, 'new'), { recursive: true })
  })

  it('validate refuses both options at once, and a folder outside of git', async () => {
    const both = await project.run('validate', '--staged', '--changed-since', 'HEAD')
    expect({ exit: both.exit, stderr: both.stderr }).toMatchObject({
      exit: 2,
      stderr: expect.stringMatching(/exclude each other/),
    })
    rmSync(join(project.root, '.git'), { recursive: true })
    const { exit, stderr } = await project.run('validate', '--staged')
    expect({ exit, stderr }).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/is not in a git repository/),
    })
  })
})

describe('validate, in a project that is a folder of its repository', () => {
  it('validate in a subfolder of a repository takes staged and changed files of that folder', async () => {
    const project = new TestProject({}, { resident: true })
    const inside = Object.entries(agentFiles('two')).map(([path, content]) => [`apps/bots/${path}`, content])
    project.write({ 'apps/bots/package.json': { nofx: {} }, ...Object.fromEntries(inside) }).commit()
    project.write({ [`apps/bots/${AGENTS}/two/agent.json`]: agent('two', BAD) }).git('add', '-A')
    for (const words of [['--staged'], ['--changed-since', 'HEAD'], []]) {
      const { exit, stdout } = await project.runWith({ cwd: 'apps/bots' }, 'validate', ...words)
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: expect.stringMatching(FINDING) })
    }
    project.remove()
  })

  it('validate in a subfolder names files as a reader of each format finds them', async () => {
    const project = new TestProject({}, { resident: true })
    const inside = Object.entries(agentFiles('two', BAD)).map(([path, text]) => [`sub/${path}`, text])
    project.write({ 'sub/package.json': { nofx: {} }, ...Object.fromEntries(inside) }).commit()
    const fingerprints = new Set<string>()
    for (const cwd of [
      'sub',
      'sub/packages',
      `sub/${AGENTS}`,
      `sub/${AGENTS}/two`,
      `sub/${AGENTS}/two/prompts`,
    ]) {
      const { exit, stdout } = await project.runWith({ cwd }, 'validate', '--format', 'github')
      expect({ cwd, exit, file: /file=([^,]+),/.exec(stdout)?.[1] }).toEqual({
        cwd,
        exit: 1,
        file: `sub/${AGENTS}/two/agent.json`,
      })
      const sarif = JSON.parse((await project.runWith({ cwd }, 'validate', '--format', 'sarif')).stdout)
      const [{ locations, partialFingerprints }] = sarif.runs[0].results
      expect(locations[0].physicalLocation.artifactLocation.uri).toBe(`sub/${AGENTS}/two/agent.json`)
      fingerprints.add(JSON.stringify(partialFingerprints))
      const run = async (...words: string[]) => (await project.runWith({ cwd }, 'validate', ...words)).stdout
      const manifest = `sub/${AGENTS}/two/agent.json`
      const inMarkdown = manifest.replace('.', '&#46;')
      // A person and an editor open it from the current folder, a forge from the top of the repository.
      const here = relative(cwd, manifest)
      expect((await run()).split(':')[0]).toBe(here)
      const { diagnostics } = JSON.parse(await run('--json'))
      expect(diagnostics.map(({ path }: { path: string }) => path)).toEqual([here])
      expect(JSON.parse(await run('--format', 'json'))).toMatchObject([{ path: here }])
      expect(await run('--format', 'junit')).toContain(`<testsuite name="${here}"`)
      const comment = join(project.root, 'comment.md')
      expect(await run('--format', 'markdown', '--comment', comment)).toContain(inMarkdown)
      expect(readFileSync(comment, 'utf8')).toContain(inMarkdown)
    }
    expect(fingerprints.size).toBe(1)
    project.remove()
  })

  it('validate leaves out files that git ignores, such as those that operating systems create', async () => {
    const project = new TestProject({}, { resident: true }).write(agentFiles('one'))
    project.write({ '.gitignore': '.DS_Store\n' }).commit()
    project.write({ [`${AGENTS}/one/.DS_Store`]: '\u0000\u0000Bud1' })
    expect((await project.run('validate')).exit).toBe(0)
    project.write({ '.gitignore': '' })
    expect((await project.run('validate')).exit).toBe(1)
    project.remove()
  })
})

describe('the output of validate', () => {
  let project: TestProject
  const format = (name: string) => project.run('validate', 'agents', '--format', name)
  beforeAll(() => {
    const server = { mcpServers: { files: { type: 'streamable-http', url: 'https://10.0.0.7/mcp' } } }
    project = new TestProject({}, { resident: true }).write(agentFiles('two', BAD))
    project.write(agentFiles('mcp', { mcp: server, permissions: { network: true, hosts: ['10.0.0.7'] } }))
    project
      .write(agentFiles('warns'))
      .write({ [`${AGENTS}/warns/notes.txt`]: 'x' })
      .commit()
  })
  afterAll(() => project.remove())

  it('the text output has the documented form: place, rule, value, and a hint with one action', async () => {
    const { stdout, stderr } = await format('text')
    const line =
      readFileSync(join(project.root, AGENTS, 'mcp/agent.json'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes('10.0.0.7/mcp')) + 1
    expect(stdout).toMatch(
      new RegExp(
        `^packages/shared/agents/mcp/agent\\.json:${line}:\\d+ error NOFX_MCP_URL_PRIVATE .*mcpServers\\.files\\.url "https://10\\.0\\.0\\.7/mcp" .+\n {2}hint: .+$`,
        'm',
      ),
    )
    // The counts are printed once.
    expect(stdout).not.toContain('checked')
    expect(stderr).toMatch(/^error FINDINGS 3 definitions checked: 2 errors, 2 warnings\n/)
  })

  it('the SARIF output has the broken rules, and the right lines', async () => {
    const { exit, stdout } = await format('sarif')
    const [run] = JSON.parse(stdout).runs
    expect(exit).toBe(1)
    expect(run.tool.driver).toMatchObject({ name: 'nofx', rules: expect.any(Array) })
    for (const result of run.results) expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId)
    const owner = run.results.find((result: { ruleId: string }) => result.ruleId === 'NOFX_FIELD_INVALID')
    expect(owner.locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: `${AGENTS}/two/agent.json` },
      region: expect.objectContaining({ startLine: 5, startColumn: 12 }),
    })
  })

  it('the JUnit output has one failure for each error', async () => {
    const { stdout } = await format('junit')
    expect(stdout).toMatch(/^<\?xml version="1\.0"/)
    expect(stdout).toMatch(/<testsuites name="nofx" tests="\d+" failures="\d+"/)
    const opened = stdout.match(/<(testsuites|testsuite|testcase|failure)\b[^>]*[^/]>/g)?.length
    expect(stdout.match(/<\/(testsuites|testsuite|testcase|failure)>/g)?.length).toBe(opened)
    expect(stdout).toContain('&#34;zz %, :zz&#34;')
  })

  it('no value can break out of a GitHub annotation', async () => {
    const lines = (await format('github')).stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(
      lines.every((line) => /^::(error|warning) file=[^:]+,line=\d+,col=\d+,title=\w+::/.test(line)),
    ).toBe(true)
    expect(lines.join()).toContain('zz %25, :zz')
  })

  it('the JSON output is a list, or under --json the one document whatever the format', async () => {
    expect(JSON.parse((await format('json')).stdout)).toHaveLength(4)
    const { exit, json } = await project.run('validate', '--format', 'sarif', '--json')
    expect({ exit, ok: json.ok, findings: json.diagnostics.length }).toEqual({
      exit: 1,
      ok: false,
      findings: 4,
    })
  })

  it('validate counts warnings as errors with --strict only', async () => {
    const [lax, strict] = [
      await project.run('validate', `${AGENTS}/warns`),
      await project.run('validate', `${AGENTS}/warns`, '--strict'),
    ]
    expect([lax.exit, strict.exit]).toEqual([0, 1])
    expect(lax.stdout).toContain('warning NOFX_FILE_UNNAMED')
  })

  it('every output without findings is empty but well-formed', async () => {
    project.write(agentFiles('fine'))
    const clean = (name: string) => project.run('validate', `${AGENTS}/fine`, '--format', name)
    expect(JSON.parse((await clean('json')).stdout)).toEqual([])
    expect(JSON.parse((await clean('sarif')).stdout).runs[0].results).toEqual([])
    expect((await clean('junit')).stdout).toMatch(/<testsuites name="nofx" tests="0"/)
    expect((await clean('github')).stdout).toBe('')
  })
})

/** The git commands of a run of `validate`. */
async function gitCommands(project: TestProject): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'nofx-git-'))
  const git = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
  const script = `#!/bin/sh\necho "$*" >> '${folder}/log'\nexec '${git}' "$@"\n`
  writeFileSync(join(folder, 'git'), script, { mode: 0o755 })
  await project.runWith({ alone: true, env: { PATH: `${folder}:${process.env.PATH}` } }, 'validate')
  const lines = readFileSync(join(folder, 'log'), 'utf8').trim().split('\n')
  rmSync(folder, { recursive: true })
  return lines.map((line) => line.replace(/^(?:-c \S+ )*/, '').split(' ')[0] ?? '').sort()
}

describe('validate, of a large tree', () => {
  it('finds the same with the findings of an earlier run as without them, in every format', async () => {
    const project = new TestProject({}, { resident: true })
    for (let n = 0; n < 200; n++) project.write(agentFiles(`agent-${n}`, n % 50 === 7 ? BAD : {}))
    project.write({ '.gitignore': '.nofx/\n' }).commit()
    const formats = ['text', 'json', 'sarif', 'junit', 'github', 'markdown']
    const outputs = async (...flags: string[]) => {
      // Two at once, because they share the findings; more would only start more processes.
      const runs = await each(formats, (format) => project.run('validate', '--format', format, ...flags), 2)
      return runs.map(({ exit, stdout, stderr }) => ({ exit, stdout, stderr }))
    }
    const uncached = await outputs('--no-cache')
    expect(existsSync(join(project.root, '.git/nofx'))).toBe(false)
    expect(await outputs()).toEqual(uncached)
    expect(readdirSync(join(project.root, '.git/nofx'))).toContainEqual(expect.stringMatching(/^verdicts-/))
    // git's index has whole seconds: only what is older than them is kept as a whole.
    await setTimeout(2_700)
    expect(await outputs()).toEqual(uncached)
    expect(readdirSync(join(project.root, '.git/nofx'))).toContainEqual(expect.stringMatching(/^answer-/))
    expect(await outputs()).toEqual(uncached)
    expect(await gitCommands(project)).toEqual(['config', 'diff-files', 'rev-parse'])
    project.write(agentFiles('agent-7')).write(agentFiles('agent-8', BAD))
    const changed = await outputs()
    expect(changed).not.toEqual(uncached)
    expect(changed).toEqual(await outputs('--no-cache'))
    project.remove()
  })
})
