import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { watchPages } from '../../src/cli/watch-pages.js'
import { buildSegment } from '../../src/lab/segment.js'
import { type Serving, serve } from '../../src/metrics/server.js'
import { A, B, HOSTILE, hostileWindow, standing, vip, window } from '../watch/windows.js'
import { describeInChromium, openChromium } from './chromium.js'
import { ready } from './ready.js'
import { CLI } from './scan-scenario.js'

const VIP = '10.77.0.240'
const WIDTHS = [360, 1280] as const

/** Waits until the page says so, without being loaded again. */
async function says(page: Page, words: string): Promise<void> {
  await page.getByText(words).first().waitFor({ timeout: 30_000 })
}

describeInChromium('the page of a watch, in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser?.close())

  /** A page as it is served, of windows that are made here. */
  async function serveBook() {
    const { book, pages } = watchPages('0.1.0')
    const serving: Serving = await serve({ host: '127.0.0.1', port: 0 }, pages)
    onTestFinished(() => serving.close())
    book.vantage('eth0', true)
    return { book, serving, url: `http://127.0.0.1:${serving.port}/` }
  }

  /** Opens it, and notes all that the page asks for, what is refused, and what it tries to run. */
  async function open(url: string, options: BrowserContextOptions = {}) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
    onTestFinished(() => context.close())
    const page = await context.newPage()
    const [asked, complaints]: [string[], string[]] = [[], []]
    page.on('request', (request) => asked.push(request.url()))
    page.on('pageerror', (error) => complaints.push(String(error)))
    page.on('console', (message) => complaints.push(message.text()))
    page.on('dialog', (dialog) => {
      complaints.push(dialog.message())
      void dialog.dismiss()
    })
    await page.goto(url)
    return { page, asked, complaints }
  }

  it('shows a conflict on the wire, and its end, without being loaded again', { timeout: 90_000 }, async () => {
    const segment = await buildSegment({ hosts: [{ name: 'node-a', vips: [VIP] }, { name: 'node-b' }] })
    onTestFinished(() => segment.remove())
    const watching = segment.spawn('client', [...CLI, 'watch', '--vip', VIP, '--window', '5s', '--interval', '1s'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    await ready(watching)
    const inside = await openChromium(segment.host('client').namespace)
    onTestFinished(() => inside.close())
    const page = await (await inside.newContext()).newPage()
    await page.goto('http://127.0.0.1:9797/')
    await page.evaluate('window.mark = 1')
    await says(page, 'No fault seen at 1 address')
    execFileSync('ip', ['-n', segment.host('node-b').namespace, 'addr', 'add', `${VIP}/32`, 'dev', 'eth0'])
    await says(page, 'More than one machine answers for the same address')
    expect(await page.title()).toBe('l2doctor watch: a fault at 1 of 1 address')
    expect(await page.locator('.lane').allInnerTexts()).toHaveLength(2)
    execFileSync('ip', ['-n', segment.host('node-b').namespace, 'addr', 'del', `${VIP}/32`, 'dev', 'eth0'])
    await says(page, 'No fault seen at 1 address')
    expect(await page.evaluate('window.mark')).toBe(1)
    watching.kill('SIGKILL')
    await says(page, 'The watch does not answer since')
  })

  it('does nothing that names from networks and clusters ask for', async () => {
    const { book, url } = await serveBook()
    book.observed(hostileWindow(0))
    const { page, asked, complaints } = await open(url)
    for (let minute = 1; minute < 3; minute++) {
      book.observed(hostileWindow(minute))
      await says(page, `As of 2026-01-01 03:0${minute + 1}:00.`)
    }
    await page.mouse.move(300, 300)
    expect(await page.evaluate('window.harm')).toBeUndefined()
    expect(asked.filter((one) => new URL(one).origin !== new URL(url).origin)).toEqual([])
    expect(complaints).toEqual([])
    expect(
      await page.locator('script, img, iframe, base, [onmouseover], [onfocus], [onerror], [ontoggle]').count(),
    ).toBe(1)
    for (const text of HOSTILE.slice(0, 8)) await says(page, text)
  })

  it('would not run a script that got into it', async () => {
    const { book, url } = await serveBook()
    book.observed(window(0, [vip('10.0.0.240')]))
    const { page, complaints } = await open(url)
    const refused: (string | undefined)[] = []
    page.on('requestfailed', (request) => refused.push(request.failure()?.errorText))
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '<img src="http://127.0.0.1:1/x" onerror="window.harm = 1"><p style="position:fixed">')
      document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.harm = 1' }))
      0`)
    expect(await page.evaluate('window.harm')).toBeUndefined()
    for (const kind of ['default-src', 'style-src', 'script-src'])
      await expect.poll(() => complaints.filter((one) => one.includes(kind)), { message: kind }).not.toEqual([])
    await expect.poll(() => refused).toContain('csp')
  })

  it('is a table that is loaded again by itself where there is no JavaScript', async () => {
    const { book, url } = await serveBook()
    book.observed(window(0, [vip('10.0.0.240'), vip('10.0.0.241')]))
    const { page } = await open(url, { javaScriptEnabled: false })
    expect(await page.locator('tbody tr').count()).toBe(2)
    expect(await page.locator('tbody tr').first().innerText()).toContain('10.0.0.240')
    await says(page, 'Without JavaScript it is loaded again every half minute.')
  })

  it('leads from a finding to the page of its rule, and back', async () => {
    const { book, url } = await serveBook()
    book.observed(window(0, [vip('10.0.0.240', { verdict: 'findings' })], [standing('10.0.0.240')]))
    const { page, complaints } = await open(url)
    await page.getByRole('link', { name: 'wire/duplicate-responders' }).click()
    await page.getByRole('heading', { name: 'How to confirm it' }).waitFor()
    await page.getByRole('link', { name: 'wire/proxy-responder' }).first().click()
    await page.getByRole('link', { name: 'what the watch sees' }).click()
    await page.getByRole('heading', { name: 'A fault at 1 of 1 address' }).waitFor()
    expect(complaints).toEqual([])
  })

  it.each(WIDTHS)('fits a screen of %i pixels', async (width) => {
    const { book, url } = await serveBook()
    for (const one of anHour()) book.observed(one)
    const { page } = await open(url, { viewport: { width, height: 800 }, deviceScaleFactor: 1 })
    await page.getByText('Updates by itself.').waitFor()
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
    const picture = await page.screenshot({ fullPage: true })
    writeFileSync(join(pictures, `watch-${width}.png`), picture)
    if (process.env['UPDATE_PICTURES'] && width === 1280) writeFileSync('docs/watch-page.png', picture)
  })
})

const pictures = mkdtempSync(join(tmpdir(), 'l2d-pictures-'))
afterAll(() => {
  if (process.env['SHOW_PICTURES']) console.warn(`pictures of the page: ${pictures}`)
  else rmSync(pictures, { recursive: true })
})

/** An hour with a failover, a silence, and a second machine that answers at its end. */
function* anHour() {
  const of = (ip: string, service: string) => ({ ip, services: [service] })
  const [web, dns, mail] = [
    of('10.0.0.240', 'shop/web'),
    of('10.0.0.241', 'kube-system/dns'),
    of('2001:db8::25', 'mail/smtp'),
  ]
  for (let minute = 0; minute < 60; minute++) {
    const conflict = minute >= 48
    const silent = minute >= 20 && minute < 24
    const moved = minute >= 33
    yield window(
      minute,
      [
        vip(web.ip, {
          ...web,
          ...(conflict ? { verdict: 'findings', responders: [A, B], answersAsExpected: false } : {}),
        }),
        vip(dns.ip, { ...dns, ...(silent ? { verdict: 'findings', responders: [] } : {}) }),
        vip(mail.ip, {
          ...mail,
          expected: null,
          ...(moved ? { responders: [B], owner: B, moves: 1, ownerSince: '2026-01-01T03:34:00.000Z' } : {}),
        }),
        vip('10.0.0.242', {
          services: [],
          verdict: 'inconclusive',
          because: 'this machine holds it itself',
          responders: [],
          owner: null,
          ownerSince: null,
          expected: null,
        }),
      ],
      conflict ? [standing(web.ip)] : [],
    )
  }
}
