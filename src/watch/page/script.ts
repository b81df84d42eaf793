import { STATUS_AT } from './places.js'

/** Milliseconds from one look at the watch to the next. */
const EVERY_MS = 2000

/**
 * The one script of the page: where the status is another, it takes the page again and puts what is new into the place of the old;
 * where the watch does not answer, it says since when. It makes no markup of what it reads: the page that it takes is the same as without it.
 */
export const SCRIPT = `
const live = document.getElementById('live')
const get = (place, headers) => fetch(place, { cache: 'no-store', credentials: 'omit', headers, signal: AbortSignal.timeout(5000) })
let tag = document.documentElement.dataset.tag
let answered = new Date()
async function look() {
  const status = await get('${STATUS_AT}', { 'If-None-Match': tag })
  if (status.status === 304) return
  if (!status.ok) throw new Error(status.status)
  const page = await get(location.pathname, {})
  if (!page.ok) throw new Error(page.status)
  take(new DOMParser().parseFromString(await page.text(), 'text/html'))
}
function take(next) {
  const open = new Set([...document.querySelectorAll('details[open]')].map(({ id }) => id))
  for (const one of next.querySelectorAll('details')) one.open = open.has(one.id)
  document.querySelector('main').replaceWith(next.querySelector('main'))
  document.title = next.title
  tag = next.documentElement.dataset.tag
}
async function again() {
  try {
    await look()
    answered = new Date()
    live.className = 'quiet'
    live.textContent = 'Updates by itself.'
  } catch {
    live.className = 'late'
    live.textContent = 'The watch does not answer since ' + answered.toISOString().slice(0, 19) + 'Z: what is below is old.'
  }
  setTimeout(again, ${EVERY_MS})
}
again()
`
