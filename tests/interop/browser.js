// browser.js: what the drivers of whole applications share: a page of headless Chromium, claims about it, pictures of it.
// A driver is `node NAME.js URL PICTURES [ARGUMENT...]` with NODE_PATH and CHROMIUM; it prints "ok ..." or "FAILED: ..." for each claim.
const fs = require('fs');
const path = require('path');
const puppeteer = require('puppeteer-core');
const limit = Number(process.env.BROWSER_MS || 60000); // for whatever is waited for

class Visitor {
  constructor(page, url, pictures) {
    Object.assign(this, { page, url, pictures, failed: 0, requests: 0, bytes: 0, broken: [], expected: [] });
    page.setDefaultTimeout(limit);
    page.on('request', () => this.requests++);
    page.on('requestfailed', (r) => this.left_unanswered(r));
    page.on('response', (r) => r.status() >= 400 && this.broken.push(`${r.status()} ${r.url()}`));
    page.on('pageerror', (e) => this.broken.push(`script: ${e.message}`));
    page.on('dialog', (d) => d.accept());
  }

  // A page that is left takes back what it asked for; all else that fails is the server's.
  left_unanswered(request) {
    const why = request.failure().errorText;
    if (why !== 'net::ERR_ABORTED') this.broken.push(`${why} ${request.url()}`);
  }

  async claim(sentence, what) {
    try {
      const value = await what();
      if (value === false) throw new Error('it is not so');
      console.log(`ok ${sentence}`);
      return value;
    } catch (error) {
      this.failed++;
      console.log(`FAILED: ${sentence}: ${String(error.message).split('\n')[0]} (at ${this.page.url()})`);
      await this.picture(`failed-${this.failed}`).catch(() => {});
      throw error; // what comes after it needs it
    }
  }

  async open(where) {
    await this.page.goto(new URL(where, this.url).href, { waitUntil: 'load' });
  }

  // fill {SELECTOR: VALUE}: true and false tick and untick; a field that has something loses it.
  async fill(fields) {
    for (const [selector, value] of Object.entries(fields)) {
      const field = await this.page.waitForSelector(selector, { visible: true });
      const kind = await field.evaluate((e) => (e.tagName === 'SELECT' ? 'select' : e.type));
      if (kind === 'select') await this.page.select(selector, value);
      else if (kind === 'checkbox' || kind === 'radio') {
        if ((await field.evaluate((e) => e.checked)) !== value) await field.click();
      } else {
        await field.evaluate((e) => (e.value = ''));
        await field.type(value);
      }
    }
  }

  async choose_file(selector, file) {
    await (await this.page.waitForSelector(selector)).uploadFile(file);
  }

  async click(selector) {
    await (await this.page.waitForSelector(selector, { visible: true })).click();
  }

  // press SELECTOR: clicked wherever it is: for pages that still move while they are built.
  async press(selector) {
    await (await this.page.waitForSelector(selector, { visible: true })).evaluate((e) => e.click());
  }

  // submit SELECTOR: a click that leads to another page, which is waited for.
  async submit(selector) {
    await this.page.waitForSelector(selector, { visible: true });
    await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), this.page.click(selector)]);
  }

  async sees(text) {
    await this.page.waitForFunction((t) => document.body && document.body.innerText.replaceAll('\u00a0', ' ').includes(t), {}, text);
  }

  async has(selector) {
    await this.page.waitForSelector(selector, { visible: true });
  }

  // Each image of the page is there, and has a width.
  async shows_images(least = 1) {
    await this.page.waitForFunction((n) => {
      const images = [...document.images].filter((i) => i.offsetParent !== null);
      return images.length >= n && images.every((i) => i.complete && i.naturalWidth > 0);
    }, {}, least);
  }

  // What a path of the server answers, asked with the page's cookies.
  fetch_text(where) {
    return this.page.evaluate(async (w) => (await fetch(w)).text(), where);
  }

  async picture(name) {
    if (!this.pictures) return;
    await this.page.screenshot({ path: path.join(this.pictures, `${this.prefix}-${name}.png`) });
  }

  // downloads(START): START makes the browser download a file; it comes to be in `folder`, and its name is returned.
  async downloads(folder, start) {
    const browser = await this.page.browser().target().createCDPSession();
    await browser.send('Browser.setDownloadBehavior', { behavior: 'allow', downloadPath: folder, eventsEnabled: true });
    const done = new Promise((resolve, reject) => {
      let name;
      browser.on('Browser.downloadWillBegin', (e) => (name = e.suggestedFilename));
      browser.on('Browser.downloadProgress', (e) => {
        if (e.state === 'completed') resolve(path.join(folder, name));
        if (e.state === 'canceled') reject(new Error(`the download of ${name} was broken off`));
      });
    });
    await start();
    return done;
  }

  // Requests that may fail: those whose status and URL match.
  expects(...patterns) {
    this.expected.push(...patterns);
  }
}

// visit(NAME, WHAT): runs a driver's steps, then claims that nothing was left unanswered.
exports.visit = async (name, what) => {
  const [url, pictures, ...rest] = process.argv.slice(2);
  if (pictures) fs.mkdirSync(pictures, { recursive: true });
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROMIUM, headless: 'shell', pipe: true, timeout: limit, protocolTimeout: 4 * limit,
    defaultViewport: { width: 1180, height: 900 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--lang=en-US', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  const visitor = new Visitor(await browser.newPage(), url, pictures);
  visitor.prefix = name;
  try {
    await what(visitor, ...rest);
    await visitor.claim('every request of the browser was answered, and no script failed', () => {
      const broken = visitor.broken.filter((b) => !visitor.expected.some((e) => e.test(b)));
      if (broken.length) throw new Error(broken.slice(0, 5).join('; '));
    });
  } catch (error) {
    if (!visitor.failed) console.log(`FAILED: ${name}: ${error.stack} (at ${visitor.page.url()}; ${visitor.broken.slice(0, 5).join('; ')})`);
    process.exitCode = 1;
  }
  console.log(`made requests ${visitor.requests}`);
  await browser.close();
};
