/**
 * Who opens links besides the person they were sent to: link previews of chat apps, mail and URL scanners, crawlers,
 * browsers that fetch ahead. Each entry is one visit as such a program makes it.
 */
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)';
const CHROME = `${WINDOWS} Chrome/131.0.0.0 Safari/537.36`;
const ANDROID = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';
const IPHONE = 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';

/** A plain GET by this user agent. */
const preview = (name, userAgent, headers = {}) => ({ name, method: 'GET', headers: { 'User-Agent': userAgent, ...headers } });
/** A visit that is told apart by its method or headers. */
const visit = (name, method, headers, more = {}) => ({ name, method, headers: { 'User-Agent': CHROME, ...headers }, ...more });

export const visits = [
  preview('WhatsApp', 'WhatsApp/2.24.20.89 A'),
  preview('WhatsApp on iOS', 'WhatsApp/24.20.80 i', { Range: 'bytes=0-65535' }),
  preview('Signal', 'WhatsApp/2'),
  preview('Slack', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)', { Range: 'bytes=0-32768' }),
  preview('Slack images', 'Slack-ImgProxy (+https://api.slack.com/robots)'),
  preview('Telegram', 'TelegramBot (like TwitterBot)'),
  preview(
    'iMessage',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_11_1) AppleWebKit/601.2.4 (KHTML, like Gecko) Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0',
  ),
  preview('Google Messages', ANDROID, { Accept: 'text/html', 'X-Requested-With': 'com.google.android.apps.messaging' }),
  preview('Samsung Messages', 'Dalvik/2.1.0 (Linux; U; Android 14; SM-S928B Build/UP1A.231005.007)'),
  preview('Facebook', 'facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)', { Range: 'bytes=0-524287' }),
  preview('Meta', 'meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)'),
  preview('X', 'Twitterbot/1.0'),
  preview('LinkedIn', 'LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)'),
  preview('Discord', 'Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)'),
  preview('Viber', 'Viber/24.0.0.0 CFNetwork/1568.200.51 Darwin/24.1.0'),
  preview('LINE', 'facebookexternalhit/1.1;line-poker/1.0'),
  preview('KakaoTalk', 'facebookexternalhit/1.1; kakaotalk-scrap/1.0; +https://devtalk.kakao.com/'),
  preview('Snapchat', 'Snap URL Preview Service; bot; snapchat; https://developers.snap.com/robots'),
  preview('Mastodon', 'http.rb/5.1.1 (Mastodon/4.2.0; +https://example.social/) Bot'),
  preview('Skype and Teams', 'Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com'),
  preview('Teams Safe Links', `${CHROME} Edg/131.0.0.0`, { Accept: '*/*', 'X-Native-Host': 'SafeLinks' }),
  preview('Microsoft Defender', `${WINDOWS} Chrome/109.0.5414.74 Safari/537.36 Edge/109.0.1518.61`),
  visit('Outlook looks whether it exists', 'HEAD', { 'User-Agent': 'Microsoft Office Existence Discovery' }),
  visit('Outlook asks what it can do', 'OPTIONS', { 'User-Agent': 'Microsoft Office Protocol Discovery' }),
  preview('Outlook', 'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17928; Pro)'),
  preview('Googlebot', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'),
  preview('Google Safe Browsing', `${CHROME} (compatible; Google-Safety; +http://www.google.com/bot.html)`),
  preview('Gmail’s image proxy', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'),
  preview('Bing', 'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116.0.1938.76 Safari/537.36'),
  preview('Bing preview', `${WINDOWS} Chrome/103.0.5060.134 Safari/537.36 BingPreview/1.0b`),
  preview('Applebot', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15 (Applebot/0.1; +http://www.apple.com/go/applebot)'),
  preview('Yandex', 'Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)'),
  preview('Proofpoint', `${WINDOWS} Chrome/79.0.3945.88 Safari/537.36`, { Accept: '*/*', 'X-Proofpoint-Request': '1' }),
  visit('Mimecast', 'HEAD', { 'User-Agent': 'Mozilla/5.0 (Windows NT 6.1; Win64; x64; rv:54.0) Gecko/20100101 Firefox/54.0' }),
  preview('Barracuda', 'Barracuda Sentinel (EE)'),
  preview('Cisco', 'Mozilla/5.0 (compatible; Cisco-Talos-URL-Scanner/1.0)'),
  preview('VirusTotal', 'AppEngine-Google; (+http://code.google.com/appengine; appid: s~virustotalcloud)'),
  preview('curl', 'curl/8.10.1'),
  preview('a script', 'python-requests/2.32.3'),
  preview('nobody in particular', ''),
  visit('a browser that fetches ahead', 'GET', { Purpose: 'prefetch' }),
  visit('Safari’s preview', 'GET', { 'User-Agent': IPHONE, 'X-Purpose': 'preview' }),
  visit('Firefox fetches ahead', 'GET', { 'X-Moz': 'prefetch' }),
  visit('Chrome fetches ahead', 'GET', { 'Sec-Purpose': 'prefetch' }),
  visit('Chrome renders ahead', 'GET', { 'Sec-Purpose': 'prefetch;prerender' }),
  visit('Chrome’s private prefetch proxy', 'GET', { 'Sec-Purpose': 'prefetch;anonymous-client-ip' }),
  visit('the first byte', 'GET', { Range: 'bytes=0-0' }),
  visit('what it has already', 'GET', { 'If-None-Match': '*', 'If-Modified-Since': 'Thu, 01 Jan 2099 00:00:00 GMT' }),
  visit('with a campaign’s query', 'GET', {}, { suffix: '?fbclid=IwAR0&utm_source=sms' }),
  visit('with the full stop of the sentence', 'GET', {}, { suffix: '.' }),
  visit('a preflight', 'OPTIONS', {
    Origin: 'https://elsewhere.example',
    'Access-Control-Request-Method': 'POST',
    'Access-Control-Request-Headers': 'content-type',
  }),
  visit('a WebDAV client', 'PROPFIND', { Depth: '0' }),
  visit('a tracing proxy', 'TRACE', {}),
  visit('a tidy one', 'DELETE', {}),
  visit('an uploader', 'PUT', { 'Content-Length': '0' }),
];
