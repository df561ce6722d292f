const exact = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
})

/** A time with its date, seconds and zone; a text that is not a time stays as it is. */
export function tellExactly(iso: string): string {
  const time = Date.parse(iso)
  return Number.isNaN(time) ? iso : exact.format(time)
}
