//! Familiar forms of given names.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::Token;
use super::script::{self, Script};

/// Forms of English names. Groups end at a comma.
const ENGLISH: &str = "\
    ashley ashlee ashleigh, hailey haley hayley, kaylee kayley kayleigh, caitlin kaitlin katelyn caitlyn, \
    aaron ron ronnie, abigail abby abbie gail abigale, abraham abe bram, adam addie, adelaide addie ada, \
    agnes aggie nessa, albert al bert bertie albie, alan allan allen al, \
    alexander alex al alec lex xander sandy alasdair alistair, alexandra alex sandra lexi lexie alexa ally sandy, \
    alfred alf alfie fred freddie, alice ally allie, alison allison ally allie ali, amanda mandy manda, \
    amelia amy millie mia, andrew andy drew andie, angela angie, ann anne annie anna, ann anne nan, \
    anthony tony antony ant, antonia toni tonya, archibald archie, arthur art artie, \
    augustus gus august augustine, barbara barb babs barbie bobbie, bartholomew bart, \
    beatrice bea trixie beatrix, benjamin ben benny benji bennie benjy, bernard bernie barney, bradley brad, \
    brandon bran, brenda bren, bridget bridie biddy brigid, brian bryan, caleb cal, calvin cal, cameron cam, \
    caroline carolyn carrie caro, catherine katherine kathryn katharine catharine cathryn kathrin cathrine, \
    catherine katherine kathryn katharine kate katie katy kat kathy cathy kathie kit kitty kay kati, \
    cecilia cece celia cissy, charles charlie chuck chas charley chaz chip, \
    charlotte charlie lottie lotte charley, chester chet, christian chris kit, \
    christina christine tina chris chrissy kristina kristine, christine kristine chris chrissie chrissy tina, \
    christopher chris kit topher christoph kristopher christy cristopher, clarence clare, clifford cliff, \
    clinton clint, constance connie, cornelius neil con, curtis curt, cynthia cindy, daniel dan danny dannie, \
    danielle dani danni, david dave davey davy davie, deborah deb debbie debby debra, dennis denny den denis, \
    derek derrick, diana diane di dianne, dominic dom dominick nick, donald don donny donnie, \
    dorothy dot dottie dolly dorothea dora, douglas doug dougie, edgar ed eddie, edmund ed eddie ned ted, \
    edward ed eddie ned ted teddy eddy, edwin ed eddie, eleanor ellie nell nellie elly nora elinor, \
    elizabeth elisabeth elisabet elizabet, elizabeth elisabeth liz lizzie lizzy eliza liza, \
    elizabeth elisabeth beth bess betty bessie betsy betty, \
    elizabeth elisabeth elsie elise ellie lilibet libby lisa, emily em emmy emmie millie, emma em emmy, \
    eric erik erich rick, ernest ernie, esther essie hester, eugene gene, evelyn evie eve, \
    florence flo florrie flossie, frances fran fanny frankie francie, francis frank frankie fran, franklin frank, \
    frederick fred freddie freddy frederic fredrick rick, gabriel gabe, gabrielle gabby gabi gabriela, \
    geoffrey geoff jeff jeffrey, george georgie, georgina georgia georgie gina, gerald gerry jerry gerard, \
    gertrude trudy gert gertie, gilbert gil bert, gregory greg gregg, gwendolyn gwen, hannah hanna, \
    harold harry hal, harriet hattie harriett, helen nell nellie helena ellen, henry harry hank hal, \
    herbert herb bert herbie, howard howie, hugh hughie huw, isaac ike zac izaak, \
    isabella bella izzy isabel isabelle belle, isabel isobel izzy isabelle ysabel, jacob jake jack, \
    jacqueline jackie jacqui jacquelyn jaclyn, james jim jimmy jamie jimmie jem jaimie, jane janie jenny janey, \
    janet jan jannet, jason jay jayson, jean jeannie jeanie, jennifer jen jenny jenni jennie jenn, \
    jeremy jerry jez, jessica jess jessie, joan joanie, joanna jo joanne jojo johanna, \
    john johnny jack jon johnnie, jonathan jon jonny john johnathan jonathon nathan, joseph joe joey jo jos, \
    josephine jo josie, joshua josh, judith judy judi jude, julia julie, julia jules, julie jules, julian jules, \
    karen kaz, kathleen kathy kath cathy kathlyn cathleen, kenneth ken kenny kennie, \
    kimberly kim kimberley kimmy, kristen kristin kris kirsten, larry lawrence laurence, \
    lawrence laurence larry laurie, leonard leo len lenny leon, leslie les lesley, lewis lew lou, \
    lillian lily lil lilian lilly, linda lindy lynda, lindsay lindsey, louis lou louie lew, louise lou louisa, \
    lucas luke lukas, lucinda lucy, lucille lucy, lydia lyddie, madeleine madeline maddie maddy madelyn, \
    malcolm mal, margaret maggie meg peggy megan marge margie margo margot madge, margaret rita, margaret greta, \
    marcus marc mark markus, marjorie marge margie marjory, martha marty mattie, martin marty, mary maria marie, \
    mary molly polly may mamie, matilda tilly mattie tilda, matthew matt matty mathew matthias, \
    maureen mo reenie, maurice mo morris, maximilian max maximillian, maxwell max, melanie mel, \
    melissa mel lissa missy, michael mike mick mickey mikey micheal micky, michelle shelly michele chelle, \
    mildred millie, mohammed muhammad mohamed mohammad muhammed mohamad mohd mo md, nancy nan, \
    natalie nat nattie nathalie, nathan nate nat, nathaniel nate nat nathan nathanael, \
    nicholas nick nicky nicolas nickolas nico, nicole nicky nikki nicola nicki, nigel nige, norman norm, \
    oliver ollie olly, olivia liv livvy ollie, oscar ozzie, pamela pam, \
    patricia pat patty trish tricia patsy trisha, patrick pat paddy rick, paul paulie, pauline polly paula, \
    penelope penny, peter pete petey, philip phil phillip, phyllis phyl, priscilla cilla prissy, \
    rachel rachael rae, randall randy, raymond ray, rebecca becky becca bex rebekah beckie, reginald reg reggie, \
    rhonda ron, richard rich rick dick ricky richie rickie, robert rob bob bobby robbie bobbie robin bert, \
    roberta bobbie, roderick rod roddy, rodney rod, roger rog rodger, ronald ron ronnie ronny, \
    rosemary rose rosie, russell russ rusty, ruth ruthie, samantha sam sammy, samuel sam sammy, \
    sarah sara sally sadie, sandra sandy, sean shaun shawn shane, sebastian seb bastian, sharon shaz, \
    shirley shirl, sidney sid sydney, simon si, sophia sophie sofia sophy, stanley stan, \
    stephanie steph stef stefanie, stephen steven steve stevie stephan steph, stewart stuart stu, \
    susan sue susie suzie susanna suzanne susanne suzy, sylvester sly, sylvia silvia, tamara tammy, \
    teresa theresa terry tess tessa terri tracy, terence terry terrence, theodore ted teddy theo, \
    thomas tom tommy thom, timothy tim timmy, tobias toby tobi, tracy tracey, ursula ursel, valerie val, \
    vanessa nessa, veronica ronnie vera roni, victor vic viktor, victoria vicky vicki tori vikki viktoria, \
    vincent vince vinnie vinny, virginia ginny ginger, vivian viv vivien vivienne, walter walt wally, \
    wilfred wilf fred, william bill will billy liam willie willy wills, winifred winnie freda, \
    winston win winnie, yvonne evonne, zachary zach zack zac zachariah, zoe zoey zoie, clara clare claire, \
    ella elle ellie, eve eva ewa, maya maja maia, jon jonny, marianne mariann maryann maryanne, rick ricky, \
    jackson jack, gareth gary, gary garry";

/// German, Dutch, Nordic.
const GERMAN: &str = "\
    anna ana, michael mikael mikkel, alexandra sandra sascha, alexander sascha alex, andreas andi andy andre, anna anni anne, \
    annemarie annemie anne, bernhard bernd berni bernt, brigitte gitte britta birgit gitta, christa krista, \
    christian chris christl kristian, christoph christof kristof chris stoffel, dieter didi, eberhard ebbe hardy, \
    elisabeth lisa lisbeth elli, elisabeth sissi lilli, elisabeth else elsa, elisabeth betti bettina, \
    elke adelheid heidi, ferdinand ferdi, franziska franzi, franz franzl, friedrich fritz frieder fred freddy, \
    gabriele gabi gaby, georg schorsch, gerhard gerd gert, gunter gunther guenter guenther, hannelore hanne lore, \
    hans johann johannes hannes jan hansi johan hanns, heinrich heinz heiner henrik hinnerk heini, \
    helmut helmuth hellmut, hildegard hilde, ingeborg inge, irmgard irma irmi, jakob jacob jockel kobi, \
    joachim achim jochen jo, jorg joerg, josef joseph sepp jupp josi pepi seppi, jurgen juergen, \
    karl carl kalle charly, katharina kathi katja kathrin katrin kati catharina trine, \
    klaus claus nikolaus niklas nico, konrad conrad conny, leonhard leo, ludwig lutz louis wiggerl, \
    magdalena lena leni magda, manfred manni fred, margarete grete gretel greta margarethe, margarete marga, \
    maria mia mitzi ria marie ma, martina tina, matthias mathias hias matze matti, michael michi michel, \
    nikolaus klaus nico nik, peter petr pit piet pieter, petra petri, philipp philip phillipp phil lippi, \
    reinhard reinhardt hardy, richard richi, rudolf rudi rolf, sebastian basti bastian wastl, \
    siegfried sigi siggi, sigrid siri, sofie sophie sophia sofia, stefan stephan steffen stef stevo, \
    stefanie stephanie steffi, susanne susi sanne susanna, theodor theo, theresia resi theresa therese, \
    thomas tom tommi, thorsten torsten, ulrich uli ulli, ulrike uli rike ulli, ursula uschi ulla ursel, \
    valentin valle velten, walther walter walti, werner wernher, wilhelm willi willy wim willem, \
    wilhelmina mina minna willa wilma, wolfgang wolf wolfi, cornelia conny nele, cornelis kees cor, \
    hendrik henk rik, johanna hanna hanne jo, lars laurits lasse, erik eirik, margareta greta, \
    kristina stina kristin, per peder petter, johan janne, anders andreas";

/// Spanish, Portuguese, Italian.
const SPANISH: &str = "\
    alejandro alex jandro sandro ale, alejandra ale alex, alberto beto tito, \
    antonio tono toni tony nino antonino, arturo turi, beatriz bea betty, carlos carlitos litos, \
    carmen menchu carmela mamen, catalina cata lina, concepcion concha conchita, consuelo chelo, \
    cristina cris tina, dolores lola loli, eduardo edu lalo eddy duda, enrique quique kike, ernesto neto, \
    esperanza espe, federico fede fico, felipe pipe lipe, fernando fer nando, \
    francisco paco pancho paquito curro kiko fran francesc chico, francisca paca paquita fran, gabriel gabi, \
    gonzalo gonza, gregorio goyo, guadalupe lupe lupita, guillermo memo guille, gustavo gus tavo, ignacio nacho, \
    isabel isa chabela, jesus chus chuy suso, joaquin quino xoaquin, jorge coque jordi, \
    jose pepe chepe pepito zeca, josefa pepa pepita fina, juan juanito juancho, juana juanita, leticia leti, \
    lorenzo enzo loren, luis lucho luisito, manuel manolo manu manny nelo manel, manuela manoli manu, \
    margarita marga rita margo, maria mari, mariajose majo mariajo, mercedes merche meche, miguel migue mike, \
    montserrat montse, pablo pablito, patricia patri, pedro perico pedrito, pilar pili, rafael rafa rafi, \
    ramon moncho, raul rulo, ricardo richi rick ricky, roberto beto rober berto, rosario charo, rosa rosita, \
    salvador salva chava, santiago santi chago, sergio checo, teresa tere teresita, vicente chente vicent, \
    xavier javier javi xavi, giovanni gianni vanni nino gio, giuseppe beppe peppe pino, \
    francesco franco checco ciccio, francesca franca, domenico mimmo, salvatore toto salvo turi, luigi gigi gino, \
    vincenzo enzo, alessandro sandro ale alex, alessandra ale sandra, joao joaozinho, raimundo mundo";

/// French.
const FRENCH: &str = "\
    alexandre alex, benoit ben, bernadette bernie, catherine cathy, charles charly, christophe chris tof, \
    dominique dom domi, edouard ed doudou, elisabeth babette lise elise, emmanuel manu, emmanuelle manu, \
    etienne tienou, frederic fred, genevieve ginette, gerard gege, guillaume guy will, isabelle isa, \
    jacqueline jacquie, jacques jacky jaco, jeanpierre jp, laurent lolo, madeleine mado, marguerite margot, \
    mathieu matthieu mat mathis, maurice momo, maxime max, nicolas nico, philippe phil, pierre pierrot, \
    sebastien seb, stephanie steph fanny, stephane steph, therese tete, thierry titi, veronique vero, \
    vincent vince, xavier xav, yves yvon";

/// Russian, Ukrainian, Polish, in the romanisations that people use.
const RUSSIAN: &str = "\
    alexander aleksandr alexandr oleksandr aleksander alexandre sasha sascha sacha shura sanya alex, \
    alexandra aleksandra oleksandra sasha sacha shura sanya alex, \
    alexei alexey aleksei aleksey alyosha oleksiy lyosha alexej, \
    anastasia anastasiya anastasija nastya nastia asya stasia, anatoly anatoli anatoliy tolya, \
    andrei andrey andriy andrej andrzej andryusha, anna anya annushka anja hanna ania, anton antosha, \
    artem artyom artiom tyoma, boris borya, daniil danila danylo danya, daria darya dasha darja, denis denys, \
    dmitry dmitri dmitriy dmitrij dmytro dimitri dima mitya, \
    ekaterina yekaterina katerina kateryna katya katia katja kate, elena yelena olena jelena lena alyona, \
    elizaveta yelizaveta liza, evgeny evgeni evgeniy yevgeny yevgeni yevhen jewgeni eugene zhenya, \
    evgenia evgeniya yevgenia yevgeniya zhenya, fedor fyodor fjodor fedya theodor, galina galya halyna, \
    georgy georgi georgiy gosha, gleb hlib, grigory grigori grigoriy grisha, igor ihor, ilya ilia illia ilja, \
    irina iryna ira irena, ivan vanya wanja, konstantin kostya kostyantyn constantin, \
    ksenia ksenija xenia kseniya ksyusha, larisa larysa lara, leonid lyonya, lev leo, lyubov lyuba lubov, \
    ludmila lyudmila ljudmila lyuda mila, maria mariya masha marija marusya mariia, marina maryna, \
    maxim maksim maksym max, mikhail michail mykhailo mikhailo misha mischa michael, \
    nadezhda nadia nadya nadja nadiia, natalia natalya nataliya natalja nataliia natasha natascha, \
    nikita nikitos mykyta, nikolai nikolay nikolaj mykola kolya kolja nicolai, oksana oxana ksana, oleg oleh, \
    olga olya olha olja, pavel pavlo pasha pawel, petr pyotr petro petya piotr, polina polya, roman roma, \
    semyon semen syoma, sergei sergey sergej serhiy serhii seryozha serge, \
    sofia sofya sofiya sofija sophia sonya sonia, stanislav stas stanislaw, stepan styopa, \
    svetlana sveta svitlana swetlana, tatiana tatyana tatjana tetiana tanya tania tanja, timofey timofei tima, \
    vadim vadym vadik, valentina valya, valery valeri valeriy valera, valeria valeriya lera, \
    vasily vasili vasiliy vasyl vasya wassili, veronika nika, victor viktor vitya, \
    victoria viktoria viktoriya vika, vitaly vitali vitaliy vitalii vitalik, \
    vladimir wladimir volodymyr vladimer volodya vova vlad wolodymyr, vladislav vladyslav wladislaw vlad slava, \
    vyacheslav viacheslav slava, yana jana iana, yaroslav jaroslav jaroslaw slava, \
    yulia julia yuliya iuliia yuliia julija yulya, yuri yury yuriy iurii yurii jurij juri iurij yura, \
    zoya zoia zoja, jan janek jasiek, katarzyna kasia, malgorzata gosia malgosia, agnieszka aga, tomasz tomek, \
    krzysztof krzysiek, stanislaw staszek, wojciech wojtek, jakub kuba, joanna asia";

/// Arabic, Turkish, South Asian spellings.
const ARABIC: &str = "\
    abdullah abdallah abdulla, abdulrahman abdelrahman abdurrahman abdulrehman, ahmed ahmad ahmet, ali aly, \
    fatima fatma fatemeh fatimah, hassan hasan, hussein husain hussain hossein huseyin hosein, ibrahim ebrahim, \
    khalid khaled, mahmoud mahmud mahmood mehmood, mehmet mohammed, mustafa moustafa mostafa, omar umar omer, \
    said saeed saied, yousef yusuf youssef yousuf yousif, zainab zaynab zeinab zeynep, \
    aisha ayesha aicha aysha ayse, laila leila layla leyla, osama usama, rashid rasheed, tariq tarek tarik, \
    yasmin yasmine jasmin jasmine, lakshmi laxmi, deepak dipak, rajesh raj, grigory hryhoriy hryhorii";

/// Two names are related if a group (between commas) holds both. A name may stand in several groups; groups do
/// not chain, so that Alex is Alexander and Alexandra, and those two are not each other. Spelling as in `Token::text`.
const GROUPS: [&str; 6] = [ENGLISH, GERMAN, SPANISH, FRENCH, RUSSIAN, ARABIC];

/// Every name of the table, as it stands and under its loose romanisation, with the groups that hold it.
struct Index {
    exact: HashMap<&'static str, Vec<usize>>,
    loose: HashMap<String, Vec<usize>>,
}

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let mut index = Index { exact: HashMap::new(), loose: HashMap::new() };
    for (number, group) in GROUPS.iter().flat_map(|names| names.split(", ")).enumerate() {
        for name in group.split(' ') {
            index.exact.entry(name).or_default().push(number);
            index.loose.entry(script::loose(name)).or_default().push(number);
        }
    }
    index
});

/// Whether two given names are forms of one name.
pub(super) fn related(a: &Token, b: &Token) -> bool {
    let latin = a.script == Script::Latin && b.script == Script::Latin;
    let (Some(a), Some(b)) = (groups(a, latin), groups(b, latin)) else { return false };
    a.iter().any(|group| b.contains(group))
}

/// Whether a group holds this name.
pub(super) fn contains(text: &str) -> bool {
    INDEX.exact.contains_key(text)
}

fn groups(name: &Token, latin: bool) -> Option<&'static [usize]> {
    let found = if latin { INDEX.exact.get(name.text.as_str()) } else { INDEX.loose.get(name.loose()) };
    found.map(Vec::as_slice)
}
