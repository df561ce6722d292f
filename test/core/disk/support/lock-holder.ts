// Takes a lock and reports it: `hold` keeps it until stdin ends, `once` exits without releasing it, `rounds` takes it
// repeatedly and logs every entry and exit.
import { appendFileSync } from 'node:fs'
import { acquireLock } from '../../../../src/core/disk/lock.ts'

const [path, mode, log, rounds] = process.argv.slice(2) as [string, string, string, string]

async function hold(): Promise<void> {
  const lock = await acquireLock(path, { waitMs: 10_000 })
  console.log('held')
  await new Promise((resolve) => process.stdin.on('end', resolve).resume())
  lock.release()
  console.log('released')
}

async function enterAndLeave(): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) {
    const lock = await acquireLock(path, { waitMs: 60_000 })
    appendFileSync(log, `+${process.pid}\n`)
    appendFileSync(log, `-${process.pid}\n`)
    lock.release()
  }
}

if (mode === 'hold') await hold()
else if (mode === 'once') {
  await acquireLock(path, { waitMs: 0 })
  console.log('held')
} else await enterAndLeave()
