// munin.js: looks through Munin's pages: the overview, a host, one measurement, its graphs, a part of a graph made larger.
const { visit } = require('./browser.js');

visit('munin', async (v) => {
  v.expects(/static.custom.css$/); // for who wants another style
  await v.claim('the overview has its style', async () => {
    await v.open('index.html');
    await v.sees('one.example.org');
    await v.page.waitForFunction(() => [...document.styleSheets].some((s) => s.cssRules.length > 20));
    await v.picture('1-overview');
  });
  await v.claim('a host has its graphs', async () => {
    await v.submit('a[href$="one.example.org/index.html"]');
    await v.shows_images(4);
    await v.picture('2-host');
  });
  await v.claim('a measurement has graphs of a day, a week, a month and a year', async () => {
    await v.submit('a[href$="users.html"]');
    await v.shows_images(4);
    await v.picture('3-visitors');
  });
  await v.claim('a graph is zoomed into', async () => {
    await v.open((await v.page.$eval('a[href*="dynazoom.html"]', (a) => a.href)));
    await v.page.waitForFunction(() => document.querySelector('#image')?.naturalWidth > 400);
    const box = await (await v.page.$('#image')).boundingBox();
    await v.page.mouse.click(box.x + 200, box.y + 80);
    await v.page.mouse.move(box.x + 350, box.y + 120, { steps: 5 });
    await v.page.mouse.click(box.x + 350, box.y + 120);
    await Promise.all([v.page.waitForNavigation(), v.page.mouse.click(box.x + 250, box.y + 100)]);
    await v.shows_images();
    await v.picture('4-zoomed');
  });
});
