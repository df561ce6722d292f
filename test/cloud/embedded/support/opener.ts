// Opens the embedded cloud in a process of its own: `open` and close, `hold` until stdin ends, `write` objects for ever, `leave`
// it open at the end, or make `noise`: everything that lite or PGlite would print about.
import { openCloud } from '../../../../src/cloud/embedded/open-cloud.ts'

const [root, mode, name = ''] = process.argv.slice(2) as [string, string, string?]
const databaseUrl = process.env.NOFX_TEST_DATABASE_URL
const cloud = await openCloud({ root, databaseUrl, waitMs: 60_000 })
const bucket = cloud.client.storage.from('registry')
console.log('open')

if (mode === 'hold') await new Promise((resolve) => process.stdin.on('end', resolve).resume())

if (mode === 'write')
  for (let at = 1; ; at++) {
    const { error } = await bucket.upload(
      `kills/${name.replace(' ', '-')}/${at}.tar.gz`,
      Buffer.alloc(5000, at),
      { contentType: 'application/gzip' },
    )
    if (error) throw error
    console.log(`stored ${at}`)
  }

if (mode === 'noise') {
  await bucket.upload('bad//key', Buffer.from('x'))
  await bucket.download('not/there')
  await cloud.client.from('no_such_table').select('*')
  await cloud.client.rpc('no_such_function', { a: 1 })
  await cloud.anonClient.from('registry_releases').insert({ nonsense: true })
  await cloud.fetch('http://embedded.localhost/rest/v1/', { headers: { apikey: 'sb_secret_wrong' } })
  await cloud.fetch('http://embedded.localhost/auth/v1/token?grant_type=password', {
    method: 'POST',
    body: '{',
  })
}

if (mode === 'leave') {
  const { data } = await cloud.client.from('registry_heads').select('id').throwOnError()
  console.log(`rows ${data?.length}`)
} else {
  await cloud.close()
  console.log('done')
}
