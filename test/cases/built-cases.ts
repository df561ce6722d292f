import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A workspace that is made in a temporary folder, because git cannot keep its links, modes, equal names or sizes. */
export interface BuiltCase {
  name: string
  build: () => string
  exit: 0 | 1
  findings: string[]
  /** The reason why the case cannot run here. */
  skip?: () => string | undefined
}

const AGENT = {
  agentId: 'reviewer',
  name: 'Reviewer',
  description: 'Reviews pull requests.',
  owner: '@nofx',
  skills: [{ id: 'review', name: 'Review', description: 'Reviews a change.' }],
  prompts: { system: 'prompts/system.md' },
}
const MANIFEST = `${JSON.stringify(AGENT, null, 2)}\n`
const DIR = 'shared/agents/reviewer'

/** Makes a workspace of one agent. `files` are added to it or replace its own; an undefined file is left out. */
function workspace(files: Record<string, string | Buffer | undefined> = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'nofx-case-'))
  const all = { 'agent.json': MANIFEST, 'prompts/system.md': 'You review.\n', ...files }
  for (const [path, content] of Object.entries(all)) {
    if (content === undefined) continue
    const target = join(root, 'agents/reviewer', path)
    mkdirSync(dirname(target), { recursive: true })
    writeFileSync(target, content)
  }
  return root
}

function withAgent(root: string, change: (dir: string) => void): string {
  change(join(root, 'agents/reviewer'))
  return root
}

const prompt = (text: string) => workspace({ 'prompts/system.md': text })

/** Assembled at run time, so that no scanner takes this file for a leak. */
const token = (prefix: string, length: number) => prefix + 'aB3dE5gH7j'.repeat(20).slice(0, length)

function jwt(role: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ iss: 'supabase', role })}.${token('', 43)}`
}

function isCaseFolding(): string | undefined {
  const root = workspace({ 'prompts/System.md': 'x\n' })
  const count = readdirSync(join(root, 'agents/reviewer/prompts')).length
  rmSync(root, { recursive: true })
  return count === 2 ? undefined : 'this file system ignores case'
}

const isRoot = () => (process.getuid?.() === 0 ? 'root may read every file' : undefined)
const isWindows = () => (process.platform === 'win32' ? 'Windows has no such files' : undefined)

export const builtCases: BuiltCase[] = [
  {
    name: 'a link to a file outside is refused and never followed',
    build: () => withAgent(workspace(), (dir) => symlinkSync('/etc/hosts', join(dir, 'prompts/hosts.md'))),
    exit: 1,
    findings: [`${DIR}/prompts/hosts.md:1:1 NOFX_FILE_SYMLINK`],
    skip: isWindows,
  },
  {
    name: 'a link to a folder outside is refused and never followed',
    build: () => withAgent(workspace(), (dir) => symlinkSync('/etc', join(dir, 'etc'))),
    exit: 1,
    findings: [`${DIR}/etc:1:1 NOFX_FILE_SYMLINK`],
    skip: isWindows,
  },
  {
    name: 'a prompt that is a link is one finding more than the missing file',
    build: () =>
      withAgent(
        workspace({ 'agent.json': MANIFEST.replace('prompts/system.md', 'prompts/link.md') }),
        (dir) => symlinkSync('system.md', join(dir, 'prompts/link.md')),
      ),
    exit: 1,
    findings: [
      `${DIR}/agent.json:14:15 NOFX_FILE_MISSING`,
      `${DIR}/prompts/link.md:1:1 NOFX_FILE_SYMLINK`,
      `${DIR}/prompts/system.md:1:1 NOFX_FILE_UNNAMED`,
    ],
    skip: isWindows,
  },
  {
    name: 'an agent’s folder that is a link is a finding, not a hole',
    build: () => {
      const root = workspace()
      symlinkSync('reviewer', join(root, 'agents/copy'))
      return root
    },
    exit: 1,
    findings: ['shared/agents/copy:1:1 NOFX_FILE_SYMLINK'],
    skip: isWindows,
  },
  {
    name: 'a file that may not be read is a finding',
    build: () => withAgent(workspace(), (dir) => chmodSync(join(dir, 'prompts/system.md'), 0)),
    exit: 1,
    findings: [`${DIR}/prompts/system.md:1:1 NOFX_FILE_UNREADABLE`],
    skip: () => isRoot() ?? isWindows(),
  },
  {
    name: 'an id that Windows keeps for a device is refused',
    build: () => {
      const root = mkdtempSync(join(tmpdir(), 'nofx-case-'))
      mkdirSync(join(root, 'agents/con/prompts'), { recursive: true })
      writeFileSync(join(root, 'agents/con/agent.json'), MANIFEST.replace('"reviewer"', '"con"'))
      writeFileSync(join(root, 'agents/con/prompts/system.md'), 'You review.\n')
      return root
    },
    exit: 1,
    findings: ['shared/agents/con/agent.json:2:14 NOFX_ID_DEVICE'],
    skip: isWindows,
  },
  {
    name: 'a file that Windows keeps for a device is refused',
    build: () => workspace({ 'prompts/aux.md': 'x\n' }),
    exit: 1,
    findings: [`${DIR}/prompts/aux.md:1:1 NOFX_FILE_NAME`, `${DIR}/prompts/aux.md:1:1 NOFX_FILE_UNNAMED`],
    skip: isWindows,
  },
  {
    name: 'two names that differ in case alone are twins',
    build: () => workspace({ 'prompts/System.md': 'x\n' }),
    exit: 1,
    findings: [
      `${DIR}/prompts/System.md:1:1 NOFX_FILE_UNNAMED`,
      `${DIR}/prompts/system.md:1:1 NOFX_FILE_TWIN`,
    ],
    skip: isCaseFolding,
  },
  {
    name: 'two names that differ in normalisation alone are twins, and the decomposed one is refused',
    build: () => workspace({ 'assets/caf\u00e9.bin': 'x', 'assets/cafe\u0301.bin': 'y' }),
    exit: 1,
    findings: [
      `${DIR}/assets/cafe\u0301.bin:1:1 NOFX_FILE_NAME`,
      `${DIR}/assets/cafe\u0301.bin:1:1 NOFX_FILE_UNNAMED`,
      `${DIR}/assets/caf\u00e9.bin:1:1 NOFX_FILE_TWIN`,
      `${DIR}/assets/caf\u00e9.bin:1:1 NOFX_FILE_UNNAMED`,
    ],
    skip: () => (process.platform === 'darwin' ? 'this file system ignores normalisation' : undefined),
  },
  {
    name: 'a prompt of 300 KiB is too large',
    build: () => prompt('x'.repeat(300 * 1024)),
    exit: 1,
    findings: [`${DIR}/prompts/system.md:1:1 NOFX_FILE_SIZE`],
  },
  {
    name: 'a prompt of exactly 256 KiB with CRLF on disk is not',
    build: () => prompt('123456\r\n'.repeat((256 * 1024) / 7 - 1)),
    exit: 0,
    findings: [],
  },
  {
    name: 'a manifest of 300 KiB is too large and is not parsed',
    build: () => workspace({ 'agent.json': `{"metadata":"${'x'.repeat(300 * 1024)}"` }),
    exit: 1,
    findings: [`${DIR}/agent.json:1:1 NOFX_FILE_SIZE`],
  },
  {
    name: 'a depth bomb is a finding at the first level too many',
    build: () => workspace({ 'agent.json': `${'['.repeat(100_000)}${']'.repeat(100_000)}` }),
    exit: 1,
    findings: [`${DIR}/agent.json:1:33 NOFX_JSON_DEPTH`],
  },
  {
    name: 'a depth bomb that is not closed is a syntax error at its end',
    build: () => workspace({ 'agent.json': '{"a":'.repeat(50_000) }),
    exit: 1,
    findings: [`${DIR}/agent.json:1:250001 NOFX_JSON_SYNTAX`],
  },
  {
    name: 'a depth bomb in YAML is a finding too',
    build: () => workspace({ 'agent.json': undefined, 'agent.yaml': `a: ${'['.repeat(100_000)}\n` }),
    exit: 1,
    findings: [`${DIR}/agent.yaml:1:104 NOFX_JSON_DEPTH`],
  },
  {
    name: 'bytes that are no UTF-8 are a finding',
    build: () => workspace({ 'prompts/system.md': Buffer.from([0x68, 0x69, 0xff, 0xfe]) }),
    exit: 1,
    findings: [`${DIR}/prompts/system.md:1:1 NOFX_FILE_ENCODING`],
  },
  {
    name: 'more than 200 files are too many',
    build: () =>
      workspace(
        Object.fromEntries(Array.from({ length: 199 }, (_, index) => [`prompts/p${index}.md`, 'x\n'])),
      ),
    exit: 1,
    findings: [
      `${DIR}:1:1 NOFX_FILE_COUNT`,
      ...Array.from(
        { length: 199 },
        (_, index) => `${DIR}/prompts/p${index}.md:1:1 NOFX_FILE_UNNAMED`,
      ).sort(),
    ],
  },
  {
    name: 'a checkout with CRLF has its findings at the right lines',
    build: () =>
      workspace({
        'agent.json': MANIFEST.replace('"Reviewer"', '7').replaceAll('\n', '\r\n'),
        'prompts/system.md': 'You\r\nre\u200bview.\r\n',
      }),
    exit: 1,
    findings: [`${DIR}/agent.json:3:11 NOFX_FIELD_TYPE`, `${DIR}/prompts/system.md:2:3 NOFX_TEXT_ZERO_WIDTH`],
  },
  ...secretCases(),
]

/** One credential per case: the place where it starts, and the rule that finds it. */
function secretCases(): BuiltCase[] {
  const own: [what: string, text: string, column: number, rule: string][] = [
    ['a Supabase secret key', token('sb_secret_', 31), 1, 'NOFX_SECRET_SUPABASE'],
    ['a service_role JWT', `key: ${jwt('service_role')}`, 6, 'NOFX_SECRET_SERVICE_ROLE'],
    [
      'a Vercel deploy hook',
      `https://api.vercel.com/v1/integrations/deploy/${token('prj_', 28)}/${token('', 10)}`,
      80,
      'NOFX_SECRET_DEPLOY_HOOK',
    ],
    ['a bearer token', `Authorization: Bearer ${token('', 32)}`, 23, 'NOFX_SECRET_BEARER'],
    ['a bearer token in JSON', `{"authorization": "bearer ${token('', 32)}"}`, 27, 'NOFX_SECRET_BEARER'],
    ['a GitHub token', token('ghp_', 36), 1, 'NOFX_SECRET_FOUND'],
    ['an npm token', token('npm_', 36), 1, 'NOFX_SECRET_FOUND'],
    ['an Anthropic key', `${token('sk-ant-api03-', 93)}AA`, 1, 'NOFX_SECRET_FOUND'],
    ['an OpenAI key', `${token('sk-', 20)}T3BlbkFJ${token('', 20)}`, 1, 'NOFX_SECRET_FOUND'],
    ['a Slack token', `xoxb-${token('', 12)}-${token('', 24)}`, 1, 'NOFX_SECRET_FOUND'],
    ['an AWS secret key', `AWS_SECRET_ACCESS_KEY=${token('', 40)}`, 23, 'NOFX_SECRET_FOUND'],
    ['a database URL', `postgres://app:${token('', 8)}@db.nofx.dev/app`, 1, 'NOFX_SECRET_FOUND'],
    ['a URL with a password', `https://deploy:${token('', 8)}@git.nofx.dev/x`, 1, 'NOFX_SECRET_FOUND'],
    [
      'a private key',
      `-----BEGIN PRIVATE KEY-----\nMI${token('', 120)}\n-----END PRIVATE KEY-----`,
      1,
      'NOFX_SECRET_FOUND',
    ],
  ]
  const found = own.map(([what, text, column, rule]) => ({
    name: `${what} is found`,
    build: () => prompt(`You review.\n${text}\n`),
    exit: 1 as const,
    findings: [`${DIR}/prompts/system.md:2:${column} ${rule}`],
  }))
  return [
    ...found,
    {
      name: 'a comment cannot silence the scan',
      build: () => prompt(`<!-- secretlint-disable -->\n${token('ghp_', 36)}\n`),
      exit: 1,
      findings: [`${DIR}/prompts/system.md:2:1 NOFX_SECRET_FOUND`],
    },
    {
      name: 'a JWT with the role anon is public and no secret',
      build: () => prompt(`${jwt('anon')}\n`),
      exit: 0,
      findings: [],
    },
  ]
}
