// Runs in a network and with mounts of its own (`unshare -rnm node archives.mjs <folder> <claude> <plugin…>`): serves a
// marketplace of archives over https, under the name and address of a public host, and lets Claude Code install from it.
// Prints the plugins that the client lists then, and what it said.
import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join, normalize } from 'node:path'
import { promisify } from 'node:util'
import { ADDRESS, HOST } from './archive-host.mjs'

const [folder, claude, ...plugins] = process.argv.slice(2)
const work = mkdtempSync(join(tmpdir(), 'nofx-archives-'))
const [key, cert, hosts] = ['key.pem', 'cert.pem', 'hosts'].map((name) => join(work, name))
const run = promisify(execFile)

makeHost()
const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, answer)
await new Promise((resolve) => server.listen(443, ADDRESS, resolve))
try {
  const said = [await ask('plugin', 'marketplace', 'add', `https://${HOST}/.claude-plugin/marketplace.json`)]
  for (const plugin of plugins) said.push(await ask('plugin', 'install', plugin))
  console.log(JSON.stringify({ installed: JSON.parse(await ask('plugin', 'list', '--json')), said }))
} finally {
  server.closeAllConnections()
  server.close()
  rmSync(work, { recursive: true, force: true })
}

/** A public address on the loopback of this network, its name, and a certificate for that. */
function makeHost() {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  execFileSync('ip', ['addr', 'add', `${ADDRESS}/32`, 'dev', 'lo'])
  writeFileSync(hosts, `127.0.0.1 localhost\n${ADDRESS} ${HOST}\n`)
  execFileSync('mount', ['--bind', hosts, '/etc/hosts'])
  const names = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`]
  const made = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-keyout', key, '-out', cert]
  execFileSync('openssl', ['req', ...made, ...names], { stdio: 'ignore' })
}

function answer({ url }, response) {
  try {
    response.end(readFileSync(join(folder, normalize(new URL(url, `https://${HOST}`).pathname))))
  } catch {
    response.writeHead(404).end()
  }
}

/** What the client prints; it fails with what it prints, too. */
async function ask(...words) {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NODE_EXTRA_CA_CERTS: cert, NO_COLOR: '1' }
  const { stdout, stderr } = await run(claude, words, { env, timeout: 120_000 }).catch((error) => error)
  return `${stdout}${words.includes('--json') ? '' : stderr}`
}
