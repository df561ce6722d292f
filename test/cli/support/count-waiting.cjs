// Loaded before a command: writes to a file how many bytes of its output have waited in memory at most.
const { writeFileSync } = require('node:fs')

const { stdout } = process
const write = stdout.write
let most = 0
stdout.write = (...words) => {
  const answer = write.apply(stdout, words)
  if (stdout.writableLength > most) {
    most = stdout.writableLength
    writeFileSync(process.env.MOST_WAITING, String(most))
  }
  return answer
}
