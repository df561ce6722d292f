import { describe, expect, test } from 'vitest'
import { findLoosePackage } from '../../../../src/plugins/agents/rules/launcher.ts'
import { parseProgram } from '../../../../src/plugins/agents/rules/program.ts'
import { shellString } from '../../../../src/plugins/agents/rules/shell.ts'

const loose = (line: string) => {
  const [command = '', ...args] = line.split(' ')
  return findLoosePackage(command, args)?.spec
}

const DIGEST = `sha256:${'a'.repeat(64)}`
const COMMIT = 'b'.repeat(40)

describe('commands whose packages are pinned', () => {
  test.each([
    'node server.js',
    'python -m server',
    './bin/server --port 1',
    'npx -y pkg@1.2.3',
    'npx --yes @scope/pkg@1.2.3-rc.1 --flag other@latest',
    '/usr/local/bin/npx pkg@1.2.3',
    'C:\\node\\npx.cmd pkg@1.2.3',
    'npx --package=pkg@1.2.3 -- server',
    'npx -p a@1.0.0 -p b@2.0.0 server',
    'npx --registry https://registry.npmjs.org pkg@1.2.3',
    'npx ./local',
    `npx github:owner/repo#${COMMIT}`,
    'npm exec -- pkg@1.2.3',
    'npm run start',
    'npm install',
    'pnpm dlx pkg@1.2.3',
    'pnpm start',
    'yarn dlx pkg@1.2.3',
    'bunx pkg@1.2.3',
    'bun run server.ts',
    'uvx pkg==1.2.3',
    'uvx pkg@1.2.3',
    'uvx pkg[cli]==1.2.3rc1',
    'uvx --python 3.12 pkg==2025.7.1',
    'uvx --from pkg==1.2.3 server',
    `uvx --from git+https://github.com/owner/repo@${COMMIT} server`,
    'uv tool run pkg==1.2.3',
    'uv run server.py',
    'uv --directory /srv run server.py',
    'uv run --with mcp==1.0.0 server.py',
    'pipx run pkg==1.2.3',
    'pipx run --spec pkg==1.2.3 server',
    'docker run -i --rm mcp/server:1.2.3',
    `docker run -i --rm mcp/server@${DIGEST}`,
    `docker run --rm -it -e TOKEN --name x -v /a:/b registry.example.com:5000/mcp/server:v1.2.3-alpine serve`,
    'podman run --rm ghcr.io/owner/server:1.2.3',
    'docker ps',
    'deno run -A npm:pkg@1.2.3',
    'deno run --allow-net jsr:@scope/pkg@1.2.3/main',
    'deno run -A https://deno.land/x/pkg@v1.2.3/mod.ts',
    'deno run -A server.ts',
    'go run example.com/cmd/server@v1.2.3',
    'go run ./cmd/server',
    'env A=1 npx pkg@1.2.3',
  ])('%s', (line) => expect(loose(line)).toBeUndefined())
})

describe('commands that run the newest package', () => {
  test.each([
    ['npx pkg', 'pkg'],
    ['npx -y pkg', 'pkg'],
    ['npx -y pkg@latest', 'pkg@latest'],
    ['npx -y @scope/pkg', '@scope/pkg'],
    ['npx -y @scope/pkg@next', '@scope/pkg@next'],
    ['npx pkg@^1.2.3', 'pkg@^1.2.3'],
    ['npx pkg@1', 'pkg@1'],
    ['npx pkg@1.2', 'pkg@1.2'],
    ['npx pkg@1.2.x', 'pkg@1.2.x'],
    ['NPX.CMD pkg', 'pkg'],
    ['npx --package pkg server@1.2.3', 'pkg'],
    ['npx -p a@1.0.0 -p b server', 'b'],
    ['npx --package=pkg -- server', 'pkg'],
    ['npx --registry https://registry.npmjs.org pkg', 'pkg'],
    ['npx github:owner/repo', 'github:owner/repo'],
    ['npx https://example.com/pkg.tgz', 'https://example.com/pkg.tgz'],
    ['npm exec pkg', 'pkg'],
    ['npm x -- pkg', 'pkg'],
    ['pnpm dlx pkg', 'pkg'],
    ['pnpm --silent dlx pkg', 'pkg'],
    ['yarn dlx pkg', 'pkg'],
    ['bunx pkg', 'pkg'],
    ['bun x pkg', 'pkg'],
    ['uvx pkg', 'pkg'],
    ['uvx pkg@latest', 'pkg@latest'],
    ['uvx pkg>=1.0', 'pkg>=1.0'],
    ['uvx pkg==1.*', 'pkg==1.*'],
    ['uvx --from pkg server', 'pkg'],
    ['uvx --from git+https://github.com/owner/repo server', 'git+https://github.com/owner/repo'],
    ['uvx --with extra pkg==1.0.0', 'extra'],
    ['uvx --with a==1.0.0,b pkg==1.0.0', 'b'],
    ['uv tool run pkg', 'pkg'],
    ['uv --offline run --with mcp server.py', 'mcp'],
    ['pipx run pkg', 'pkg'],
    ['docker run mcp/server', 'mcp/server'],
    ['docker run -i --rm mcp/server:latest', 'mcp/server:latest'],
    ['docker run -i --rm mcp/server:1', 'mcp/server:1'],
    ['docker run --rm -e A=1 -v /a:/b registry:5000/server', 'registry:5000/server'],
    ['docker --context x container run server', 'server'],
    ['deno run -A npm:pkg', 'npm:pkg'],
    ['deno run -A https://example.com/mod.ts', 'https://example.com/mod.ts'],
    ['go run example.com/cmd/server@latest', 'example.com/cmd/server@latest'],
    ['go run example.com/cmd/server', 'example.com/cmd/server'],
    ['env A=1 npx pkg', 'pkg'],
    ['sudo -E npx pkg', 'pkg'],
    [`npx pkg@\${VERSION}`, `pkg@\${VERSION}`],
  ])('%s runs %s', (line, spec) => expect(loose(line)).toBe(spec))

  test('an option and its value in one entry are split as their author meant', () => {
    expect(findLoosePackage('docker', ['run', '-i', '-e TOKEN', 'mcp/server'])?.spec).toBe('mcp/server')
    expect(findLoosePackage('uvx', ['--with extra', 'pkg==1.0.0'])?.spec).toBe('extra')
    expect(findLoosePackage('uv', ['--directory /a b', 'run', '--with mcp', 'x.py'])?.spec).toBe('mcp')
  })

  test('the finding points at the argument', () => {
    expect(findLoosePackage('env', ['A=1', 'npx', '-y', 'pkg'])).toEqual({ spec: 'pkg', index: 3 })
  })

  test.each(['npx', 'npx -y', 'docker run', 'uvx --from', 'env', 'npm'])(
    '%s without arguments runs no package',
    (line) => {
      expect(loose(line)).toBeUndefined()
    },
  )

  test('a hostile version is parsed in linear time', () => {
    expect(loose(`uvx pkg==1${'.rc'.repeat(1500)}!`)).toBeDefined()
    expect(loose(`docker run x:1.2.3${'-a'.repeat(2000)}!`)).toBeDefined()
  })
})

describe('shell command lines', () => {
  test.each([
    ['npx -y pkg', [], 'a blank'],
    ['a|b', [], '"|"'],
    ['a&&b', [], '"&"'],
    ['a;b', [], '";"'],
    ['$HOME/bin/x', [], '"$"'],
    ['`x`', [], '"`"'],
    ['~/bin/x', [], '"~"'],
    ['sh', ['-c', 'x'], '-c'],
    ['/bin/bash', ['-lc', 'x'], '-lc'],
    ['busybox', ['sh', '-c', 'x'], '-c'],
    ['cmd', ['/c', 'npx', 'x'], '/c'],
    ['CMD.EXE', ['/C', 'npx', 'x'], '/C'],
    ['powershell', ['-Command', 'x'], '-Command'],
    ['pwsh', ['-NoProfile', '-EncodedCommand', 'x'], '-EncodedCommand'],
    ['env', ['-S', 'npx x'], '-S'],
    ['env', ['A=1', 'sh', '-c', 'x'], '-c'],
    ['npx', ['-c', 'x'], '-c'],
    ['npx', ['--call=x'], '--call=x'],
  ])('are recognised: %s %j', (command, args, why) =>
    expect(shellString(command, args)?.problem).toContain(why),
  )

  test.each([
    ['node', ['-e', '1; 2']],
    ['bash', ['script.sh']],
    ['python', ['-c', 'print(1)']],
    ['npx', ['pkg@1.0.0', '--flag', '-c', 'config.json']],
    ['C:\\tools\\server.exe', ['a b', 'c|d']],
    ['env', ['A=1', 'node', 'server.js']],
  ])('are not the same as one program with arguments: %s %j', (command, args) =>
    expect(shellString(command, args)).toBeUndefined(),
  )
})

test.each([
  ['npx', 'npx'],
  ['/usr/bin/NPX', 'npx'],
  ['C:\\x\\npx.cmd', 'npx'],
  ['', ''],
])('the program of %j is %j', (command, program) => expect(parseProgram(command)).toBe(program))
