import { describe, expect, test } from 'vitest'
import { findLoosePackage } from '../../../../src/plugins/agents/rules/launcher.ts'
import { shellString } from '../../../../src/plugins/agents/rules/shell.ts'
import { unwrap } from '../../../../src/plugins/agents/rules/unwrap.ts'

/** Each wrapper with the ways in which its options are written. */
const WRAPPERS: readonly string[] = [
  'env',
  'env -i',
  'env -',
  'env A=b',
  'env A=b B=c',
  'env -u HOME',
  'env -uHOME',
  'env -iu HOME A=b',
  'env --unset=HOME',
  'env --unset HOME',
  'env -C /srv --',
  'env -C /srv -- A=b',
  '/usr/bin/env A=b',
  'sudo',
  'sudo -E',
  'sudo -n -u root',
  'sudo -nu root',
  'sudo -uroot',
  'sudo --user root',
  'sudo --user=root',
  'sudo --us root',
  'sudo -g wheel -u root --',
  'sudo A=b',
  'sudo -D /srv A=b',
  'doas -u root',
  'doas -n',
  'nice',
  'nice -10',
  'nice -n 10',
  'nice -n10',
  'nice --adjustment=10',
  'nice --adjustment 10',
  'ionice -c 2 -n 7',
  'ionice -c3',
  'time',
  'time -p',
  'time -f %e',
  'time -o out.txt -a',
  'time --format=%e',
  'timeout 5',
  'timeout -s KILL 5',
  'timeout -k 5 10s',
  'timeout --signal=KILL 5',
  'timeout --kill-after 5 10',
  'timeout --foreground 5',
  'nohup',
  'nohup --',
  'xargs',
  'xargs -n 1',
  'xargs -n1 -P 4',
  'xargs -I {}',
  'xargs -0 -I{}',
  'xargs --max-args=1',
  'xargs --max-procs 4 -r',
  'xargs -a list.txt -d ,',
  'stdbuf -oL',
  'stdbuf -o L -e 0',
  'stdbuf --output=L',
  'setsid',
  'setsid -w',
  'setsid --fork --',
  'chrt -f 10',
  'taskset -c 0,1',
  'taskset 0x3',
  'chroot /srv',
  'chroot --userspec=a:b /srv',
  'runuser -u root --',
  'su-exec root',
  'unshare -n',
  'setpriv --reuid 1000 --clear-groups',
  'flock -w 5 /tmp/lock',
  'strace -f -o out.txt',
  'tini -s --',
  'cross-env A=b',
  'systemd-run --user -p A=b',
  'pkexec --user root',
  'numactl -N 0',
  'firejail --quiet',
  'proxychains4 -f a.conf',
  'op run --env-file .env --',
  'doppler run --',
  'dotenv -e .env --',
  'aws-vault exec me --',
  'C:\\tools\\sudo.exe',
]
const NESTED = [
  'env A=b nice -n 5',
  'sudo -u root timeout -k 1 5 nohup',
  'nohup setsid -w env -u A xargs -n 1 stdbuf -oL',
]

/** Commands, with the index of the wrong argument of each. */
const COMMANDS: readonly { line: string[]; shell?: string; spec?: string; at?: number }[] = [
  { line: ['sh', '-c', 'ls'], shell: '-c' },
  { line: ['/bin/bash', '-lc', 'ls'], shell: '-lc' },
  { line: ['bash', '-ce', 'ls'], shell: '-ce' },
  { line: ['npx', '-y', 'pkg'], spec: 'pkg', at: 2 },
  { line: ['uvx', '--from', 'pkg', 'server'], spec: 'pkg', at: 2 },
  { line: ['docker', 'run', '-i', '-e', 'A', 'mcp/server'], spec: 'mcp/server', at: 5 },
  { line: ['npx', '-y', 'pkg@1.2.3'] },
  { line: ['docker', 'run', '-i', 'mcp/server:1.2.3'] },
  { line: ['node', 'server.js', '--port', '5'] },
]

describe.each([...WRAPPERS, ...NESTED])('%s', (wrapper) => {
  const [command = '', ...own] = wrapper.split(' ')
  test.each(COMMANDS)('$line', ({ line, shell, spec, at = 0 }) => {
    const args = [...own, ...line]
    expect(unwrap(command, args)).toEqual({ program: line[0], args: line.slice(1), index: own.length })
    const found = shellString(command, args)
    if (shell === undefined) expect(found).toBeUndefined()
    else expect(found).toEqual({ problem: `passes a line to a shell with ${shell}`, index: own.length })
    expect(findLoosePackage(command, args)).toEqual(spec && { spec, index: own.length + at })
  })
})

test.each([
  ['env', ['-S', 'sh -c ls'], '-S', -1],
  ['env', ['-iS', 'sh -c ls'], '-S', -1],
  ['env', ['--split-string=sh -c ls'], '--split-string', -1],
  ['sudo', ['-s', 'ls'], '-s', -1],
  ['sudo', ['-u', 'root', '-i'], '-i', -1],
  ['nice', ['-n', '5', 'env', '-S', 'ls'], '-S', 2],
  ['runuser', ['-u', 'root', '-c', 'ls'], '-c', -1],
  ['flock', ['-w', '5', '-c', 'ls'], '-c', -1],
  ['flock', ['/tmp/lock', '-c', 'ls'], '-c', -1],
  ['script', ['-qc', 'ls', '/dev/null'], '-c', -1],
  ['script', ['--command=ls'], '--command', -1],
  ['systemd-run', ['--user', '-S'], '-S', -1],
  ['timeout', ['5', 'su', '-c', 'ls'], '-c', 1],
])('%s %j is a shell command line', (command, args, flag, index) => {
  expect(shellString(command, args)).toEqual({ problem: `passes a line to a shell with ${flag}`, index })
})

test.each([
  ['timeout 5 a|b', 'contains "|", which only a shell understands', 1],
  ['env A=b ~/bin/x', 'contains "~", which only a shell understands', 1],
])('%s names a program that only a shell understands', (line, problem, index) => {
  const [command = '', ...args] = line.split(' ')
  expect(shellString(command, args)).toEqual({ problem, index })
})

test.each([
  'env',
  'env -u',
  'sudo -u root',
  'timeout',
  'timeout 5',
  'nice -n',
  'op run',
  'xargs -I',
  'env A=b',
])('%s starts no program', (line) => {
  const [command = '', ...args] = line.split(' ')
  expect(unwrap(command, args)).toEqual({ program: command, args, index: -1 })
  expect(shellString(command, args)).toBeUndefined()
  expect(findLoosePackage(command, args)).toBeUndefined()
})

test('each of forty thousand wrappers is read once', () => {
  const start = performance.now()
  const args = [...Array<string>(40_000).fill('env'), 'sh', '-c', 'ls']
  expect(shellString('env', args)?.index).toBe(40_000)
  expect(findLoosePackage('env', [...Array<string>(40_000).fill('env'), 'npx', 'pkg'])?.index).toBe(40_001)
  expect(performance.now() - start).toBeLessThan(5_000)
})
